import type { SourceTree } from './source-repository.ts';

/** A place in the repository that looks like a secret; never the secret itself. */
export interface SecretFinding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

export interface DependencyFinding {
  readonly package: string;
  readonly severity: 'low' | 'moderate' | 'high' | 'critical';
  readonly cvss: number | null;
  readonly title: string;
  readonly fixedIn: string | null;
}

/** Outcome of an audit that may not be possible, for instance without a network. */
export type AuditOutcome =
  | { readonly audited: true; readonly findings: readonly DependencyFinding[] }
  | { readonly audited: false; readonly reason: string };

/** Looks for what should not be in a repository or an artifact. */
export interface SecurityScanner {
  secrets(tree: SourceTree, root: string): Promise<readonly SecretFinding[]>;
  dependencies(tree: SourceTree, root: string, signal?: AbortSignal): Promise<AuditOutcome>;
}
