import type { Finding } from './findings.ts';
import type { LogReading } from './log/log-reader.ts';
import type { CauseId } from './taxonomy/causes.ts';

/** Causes that say that nothing is said: an error that the log names contradicts them. */
const NAMES_NO_REASON: ReadonlySet<CauseId> = new Set<CauseId>([
  'app_slow_start',
  'crash_loop_unexplained',
  'health_check_failed_unexplained',
  'no_changes',
]);

/** What supervisors and probes say of a process: that it failed, restarts or does not answer. */
const SUPERVISORS: readonly RegExp[] = [
  /systemd|systemctl|\.service\b|\bunit\b|journalctl|PM2|heroku|supervisord?|kubelet|gunicorn/i,
  /containers?\b|\btasks?\b|targets?\b|instances?\b|deployment|failed to deploy application|health|rollback|rolling back|bringing up|\bjob\b/i,
  /^\W{0,6}(?:Execution)?Status: (?:FAILED|UNAVAILABLE)\W{0,4}$/i,
  /^\W{0,6}(?:error: )?(?:change[- ]?set (?:creation|execution) failed|(?:latest|last|recent) (?:\d{1,3} )?failures?(?: events?)?:?\s{0,200}$)/i,
  /exit(?:ed)?\b|restart|crash|stopped|failed to boot|giving up|attempt \d/i,
  /^\s{0,24}(?:Revision\s{1,12}Rollout\b|(?:PRIMARY|ACTIVE|INACTIVE)\s{1,12}\d)/,
  /^\W{0,40}checks failed\W{0,4}$/i,
  /Resource handler returned message: "Error occurred during operation\b|target failed to become healthy/,
  /refused|timed? ?out|reset by peer/i,
];

/** The class of an error, with what it says: a reason, whatever else the line speaks of. */
export const NAMED = /(?<![\w.])[\w.]{0,80}[A-Za-z](?:Error|Exception)\b: ?\S/;

/** Whether the log names an error that a cause without a reason leaves unexplained. */
export function leavesErrorsUnexplained(
  cause: CauseId,
  findings: readonly Finding[],
  { firstError, chain }: LogReading,
): boolean {
  if (!NAMES_NO_REASON.has(cause)) return false;
  const explained = [...SUPERVISORS, ...findings.flatMap(({ signature }) => signature.patterns)];
  return [firstError, ...chain].some(
    (error) =>
      error !== null && (NAMED.test(error.text) || !explained.some((pattern) => pattern.test(error.text))),
  );
}
