/** What can be seen of the running processes of a deployment and of the files that hold its secrets. */
export interface RuntimeObservation {
  /** Files that hold secrets, with the permission bits of their mode. */
  readonly secretFileModes: readonly { readonly file: string; readonly mode: number }[];
  /** Whether a secret value stands in the arguments of a process, where every user of the machine can read it. */
  readonly processArgumentsHoldSecret: boolean;
  readonly runsAsRoot: boolean;
  /** Names in the environments of the running processes, and those among them that were meant to be there. */
  readonly environmentNames: { readonly present: readonly string[]; readonly intended: readonly string[] };
}

/** Looks at running processes the way an auditor would: from outside, at what is there. */
export interface RuntimeInspection {
  /**
   * @param stack the compute stack to look at
   * @param secrets references of the secrets it was given
   * @returns undefined where processes cannot be looked at
   */
  observe(stack: string, secrets: readonly string[]): Promise<RuntimeObservation | undefined>;
}
