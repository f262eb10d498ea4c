/** Actions on some kinds of resources; a kind is the last part of an ARN of this account and region: `vpc/*`. */
export interface ActionsOn {
  readonly actions: readonly string[];
  readonly on: readonly string[];
}

/** How what is new gets its tags. */
export interface Tagging extends ActionsOn {
  /** The calls that carry the tags. */
  readonly within: readonly string[];
}

/** What CloudFormation needs to be allowed for one resource type. All actions and resources are of the one service. */
export interface ResourceType {
  readonly service: string;
  readonly make: ActionsOn;
  /** Tags are what fences `change` in, so the right to give them ends with the call that makes something. */
  readonly tag?: Tagging;
  /** Reading single ones. */
  readonly read?: ActionsOn;
  /** What is changed and deleted carries the tag of a deployment: nothing else can be touched. */
  readonly change?: ActionsOn;
  /** The same for what may carry no tags, or has a name that says whose it is. */
  readonly changeByName?: ActionsOn;
  /** Actions that list and describe, for which the service knows no resource. */
  readonly look?: readonly string[];
}

/** By resource type, for every type that a blueprint contains, and no other: a test compares. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;
