type Condition = Readonly<Record<string, string | readonly string[]>>;

/** What a role may do: exact actions (only boundaries know patterns), resources as tight as the service knows them. */
export interface Statement {
  readonly sid: string;
  /** Forbids instead, whatever else allows it. @default false */
  readonly denies?: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Condition>>;
  /** Why an action or a resource holds a wildcard; required when one does. */
  readonly why?: string;
}
