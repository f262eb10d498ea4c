/** Work that nobody waits for, until the gateway is closed. */
export interface Background {
  /** What it throws is told to `onTrouble`. */
  add(work: Promise<unknown>): void;
  /** Resolves when nothing is left. */
  done(): Promise<void>;
}

export function background(onTrouble: (error: unknown) => void): Background {
  const pending = new Set<Promise<unknown>>();
  return {
    add(work) {
      const guarded = work.catch(onTrouble).finally(() => pending.delete(guarded));
      pending.add(guarded);
    },
    async done() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}
