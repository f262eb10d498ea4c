import type { Finding } from './findings.ts';
import { isError, isPassedTest, isWarning, saysNothing } from './log/line-kinds.ts';
import type { LogReading } from './log/log-reader.ts';
import { outcomeOf } from './log/outcome.ts';
import type { Phase, Signature } from './signature.ts';
import { HIVEMIND } from './signatures/hivemind.ts';
import type { CauseId } from './taxonomy/causes.ts';

/** What passes when a connection, or the service behind it, comes up. */
const PASSING: ReadonlySet<CauseId> = new Set<CauseId>([
  'api_throttled',
  'backing_service_refused',
  'db_connection_refused',
  'db_host_unresolved',
  'db_unreachable_timeout',
  'llm_throttled',
  'migrations_missing',
  'network_transient',
]);

/** What HiveMind's own stages say is the failure itself. */
const OWN: ReadonlySet<Signature> = new Set(HIVEMIND.signatures);

/** Findings that the log itself does not overtake: a retry that helped, a test whose name speaks of an error, a good end. */
export function stillStanding(
  findings: readonly Finding[],
  { lines }: LogReading,
  phase: Phase | undefined,
): readonly Finding[] {
  if (findings.length === 0) return findings;
  // What runs for long answers well between its failures.
  const { endedWell, cameUp } = phase === 'monitor' ? { endedWell: 0, cameUp: 0 } : outcomeOf(lines);
  // A log that only warns is none of a failure.
  const somethingFails = lines.some(({ text }) => isError(text) || saysNothing(text));
  return findings.filter(
    ({ line, signature }) =>
      (line.number > endedWell || OWN.has(signature)) &&
      !(PASSING.has(signature.cause) && line.number <= cameUp) &&
      !isPassedTest(line.text) &&
      (somethingFails || signature.rank === 'symptom' || !isWarning(line.text)),
  );
}
