import type { InfrastructureObservation } from '../../src/ports/infrastructure-inspection.ts';
import type { AuditOutcome, SecretFinding } from '../../src/ports/security-scanner.ts';

/**
 * What the Sheriff observed. A fact that is left out was not observed, and its control is then left out too: nothing is
 * claimed about it. `null` means that there is no such thing, for instance no database.
 */
export interface ObservedFacts {
  readonly secretsInRepository?: readonly SecretFinding[] | undefined;
  readonly audit?: AuditOutcome | undefined;
  readonly isolation?: { readonly sandboxed: boolean; readonly how: string } | undefined;
  /** Address the load balancer listens on. */
  readonly listener?: { readonly host: string; readonly tls: boolean } | null | undefined;
  readonly databaseHost?: string | null | undefined;
  /** Files that hold secrets, with the permission bits of their mode. */
  readonly secretFileModes?: readonly { readonly file: string; readonly mode: number }[] | undefined;
  /** Whether a secret of the deployment stands in the arguments of one of its processes, where every user can read it. */
  readonly processArgumentsHoldSecret?: boolean | undefined;
  readonly runsAsRoot?: boolean | undefined;
  /** Names in the environment of the running processes, and those among them that the operator or a stack put there. */
  readonly environmentNames?:
    | { readonly present: readonly string[]; readonly intended: readonly string[] }
    | undefined;
  /** How the resources are configured; not observed where the platform has none of its own. */
  readonly infrastructure?: InfrastructureObservation | undefined;
}
