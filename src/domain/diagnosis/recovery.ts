import type { Finding } from './findings.ts';
import { isError, isPassedTest, isWarning, saysNothing } from './log/line-kinds.ts';
import type { LogReading } from './log/log-reader.ts';
import { outcomeOf } from './log/outcome.ts';
import type { Phase, Signature } from './signature.ts';
import { HIVEMIND } from './signatures/hivemind.ts';
import { CAUSES, type CauseId } from './taxonomy/causes.ts';

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

/** Says what is done without what could not be had. */
const GOES_ON =
  /\b(?:fall(?:s|ing)? back|fallback|fell back|(?:continuing|starting) without|trying (?:another|the next|port)|us(?:es|ing) (?:an? )?(?:in-memory|available port|another|next)|us(?:es|ing) [^\n]{0,40}\binstead|ignor(?:ed|ing)|skipp(?:ed|ing))\b/i;

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
    (found) =>
      (found.line.number > endedWell || OWN.has(found.signature)) &&
      !(PASSING.has(found.signature.cause) && found.line.number <= cameUp) &&
      !isPassedTest(found.line.text) &&
      !isOvercome(found, findings) &&
      (somethingFails || found.signature.rank === 'symptom' || !isWarning(found.line.text)),
  );
}

/** Whether a line says itself how the work goes on without what it lacks, and something else fails later. */
const isOvercome = ({ line, signature }: Finding, findings: readonly Finding[]): boolean =>
  GOES_ON.test(line.text) &&
  findings.some(
    (other) =>
      other.line.number > line.number &&
      other.signature.cause !== signature.cause &&
      other.signature.rank !== 'symptom' &&
      CAUSES[other.signature.cause].family !== 'health',
  );
