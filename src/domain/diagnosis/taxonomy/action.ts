/** `safe`: may be applied by itself. `needs-approval`: after the operator agreed. `human-only`: never by HiveMind. */
export const RISKS = ['safe', 'needs-approval', 'human-only'] as const;
export type Risk = (typeof RISKS)[number];

export interface Action {
  readonly risk: Risk;
  /** What is done, in the words of an operator. */
  readonly does: string;
  /** What it changes; null when nothing. */
  readonly changes: string | null;
}
