import type { Breaker } from '../domain/models/breaker.ts';

/** The breakers of models, shared between processes. */
export interface ModelBreakers {
  find(model: string): Promise<Breaker | undefined>;
  /** By name of the model. */
  list(): Promise<readonly Breaker[]>;
  /** Replaces a breaker, or makes the first one of its model. False when somebody else has changed it since `from` was read. */
  change(from: Breaker | undefined, to: Breaker): Promise<boolean>;
}
