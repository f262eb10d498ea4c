export interface Resource {
  /** `process`, `port`, `directory`, `database`, `stack`, `secret`, `artifact`. */
  readonly type: string;
  readonly id: string;
}

/** Finds what exists for a deployment by looking at the world, not at the records. */
export interface ResourceInventory {
  find(deploymentId: string): Promise<readonly Resource[]>;
}
