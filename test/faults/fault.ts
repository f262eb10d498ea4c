import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { HiveMindError } from '../../src/domain/errors.ts';
import { type Random, randomFrom } from './random.ts';

/** What can happen to a call of a port. */
export const FAULTS = [
  'throttled',
  'unavailable',
  'answer lost',
  'refused',
  'answer lost for good',
  'hangs',
  'happens and hangs',
  'disk full',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Those after which the workflow calls the task again by itself. */
const TRANSIENT = ['throttled', 'unavailable', 'answer lost'] as const satisfies readonly Fault[];

/** How bad the world is in one run. */
export interface FaultSettings {
  /** Share of the calls of an agent in which a call of a port goes wrong. */
  readonly rate: number;
  /** Share of those which no retry mends. */
  readonly permanentShare: number;
  /** Whether diagnosis and clean-up can be hit by what no retry mends. */
  readonly hostileRecovery: boolean;
  /** Share of the calls of an agent that are made twice. */
  readonly duplicates: number;
}

export const NO_FAULTS: FaultSettings = { rate: 0, permanentShare: 0, hostileRecovery: false, duplicates: 0 };

/** One call of an agent, and the call of a port in it that goes wrong. */
export interface Invocation {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly fault: { readonly kind: Fault; readonly at: number } | undefined;
  calls: number;
}

/** Which invocation a call of a port belongs to. */
export const invocations = new AsyncLocalStorage<Invocation>();

/** Calls of ports in one call of an agent: all make some, and most fewer than many. */
const SOME_CALLS = 5;
const MANY_CALLS = 14;
/** Tasks that few executions come to: there the world is worse. */
const RARE: readonly string[] = [
  'janitor give-back',
  'janitor retire',
  'janitor undo',
  'medic ask',
  'medic apply',
];
const RARE_RATE = 0.5;
/** A recovery that is disturbed more often than a task is called again cannot succeed. */
const MOST_RECOVERY_FAULTS = 3;

/**
 * What goes wrong in one execution. It depends on the seed, the agent and how often that was called, not on the order in which branches
 * have their turns: a seed is the same story again.
 */
export class Faults {
  readonly #settings: FaultSettings;
  readonly #seed: number;
  readonly #invocations = new Map<string, number>();
  #recoveryFaults = 0;

  constructor(settings: FaultSettings, seed: number) {
    this.#settings = settings;
    this.#seed = seed;
  }

  isDuplicate(name: string): boolean {
    return this.#randomFor(`${name} twice`).chance(this.#settings.duplicates);
  }

  invocation(name: string, isRecovery: boolean, signal: AbortSignal): Invocation {
    const { rate, permanentShare, hostileRecovery } = this.#settings;
    const random = this.#randomFor(name);
    const isHit = random.chance(rate > 0 && RARE.includes(name) ? RARE_RATE : rate);
    const isPermanent = random.chance(permanentShare) && (hostileRecovery || !isRecovery);
    const kind = isPermanent ? random.pick(FAULTS) : random.pick(TRANSIENT);
    const at = 1 + random.below(random.pick([SOME_CALLS, MANY_CALLS]));
    const tooMany = isRecovery && !hostileRecovery && this.#recoveryFaults >= MOST_RECOVERY_FAULTS;
    if (!isHit || tooMany) return { name, signal, fault: undefined, calls: 0 };
    if (isRecovery) this.#recoveryFaults += 1;
    return { name, signal, fault: { kind, at }, calls: 0 };
  }

  #randomFor(name: string): Random {
    const count = (this.#invocations.get(name) ?? 0) + 1;
    this.#invocations.set(name, count);
    const digest = createHash('sha256').update(`${this.#seed} ${name} ${count}`).digest();
    return randomFrom(digest.readUInt32BE());
  }
}

/** Makes the call, or what the fault makes of it. */
export async function withFault<T>(fault: Fault, { signal }: Invocation, call: () => Promise<T>): Promise<T> {
  switch (fault) {
    case 'throttled':
      throw injected('Throttled', fault);
    case 'unavailable':
      throw injected('AwsUnavailable', fault);
    case 'refused':
      throw injected('AccessDenied', fault);
    case 'disk full':
      throw injected('DiskFull', fault);
    case 'answer lost':
      await call();
      throw injected('AwsUnavailable', fault);
    case 'answer lost for good':
      await call();
      throw injected('AwsRefused', fault);
    case 'hangs':
      return await untilAborted(signal);
    case 'happens and hangs':
      await call();
      return await untilAborted(signal);
  }
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const injected = (
  code: 'Throttled' | 'AwsUnavailable' | 'AccessDenied' | 'AwsRefused' | 'DiskFull',
  fault: Fault,
) => new HiveMindError(code, `injected: ${fault}`, { hint: 'none' });
