/**
 * Values that never enter state, logs, prompts or arguments. Where a platform's own list of secrets lags behind the world, `recorded`
 * tells of those that it may not know yet: references that HiveMind has on record for the deployment, of which any may be gone.
 */
export interface Secrets {
  /**
   * Stores a set of named values and returns its reference, which changes whenever a value changes; equal values of one name are
   * stored once.
   */
  put(
    deploymentId: string,
    name: string,
    values: Readonly<Record<string, string>>,
    recorded?: readonly string[],
  ): Promise<string>;
  /** @throws {HiveMindError} SecretNotFound */
  get(reference: string): Promise<Readonly<Record<string, string>>>;
  /** Removes every secret of a deployment. */
  removeAll(deploymentId: string, recorded?: readonly string[]): Promise<void>;
  list(deploymentId: string, recorded?: readonly string[]): Promise<readonly string[]>;
}
