type Condition = Readonly<Record<string, string | readonly string[]>>;

/** What a role may do: exact actions, resources as tight as the service knows them. */
export interface Statement {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Condition>>;
  /** Why a resource holds a wildcard; required when one does. */
  readonly why?: string;
}
