/** Values that never enter state, logs, prompts or arguments. */
export interface Secrets {
  /** Stores a set of named values and returns its reference, which changes whenever a value changes. */
  put(deploymentId: string, name: string, values: Readonly<Record<string, string>>): Promise<string>;
  /** @throws {HiveMindError} SecretNotFound */
  get(reference: string): Promise<Readonly<Record<string, string>>>;
  /** Removes every secret of a deployment. */
  removeAll(deploymentId: string): Promise<void>;
  list(deploymentId: string): Promise<readonly string[]>;
}
