import type { Finding } from './findings.ts';
import { isError, isFailedEvent, isPassedTest, isWarning, saysNothing } from './log/line-kinds.ts';
import type { LogReading, NumberedLine } from './log/log-reader.ts';
import { CAME_UP, FAILS, NOT_YET, outcomeOf } from './log/outcome.ts';
import type { Phase, Signature } from './signature.ts';
import { HIVEMIND } from './signatures/hivemind.ts';
import { CAUSES, type CauseId } from './taxonomy/causes.ts';
import { NAMED } from './unexplained.ts';

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

/** What a program goes on without and fails from all the same: it needs the space again, and is asked at the port that it did not get. */
const LASTING: Partial<Readonly<Record<CauseId, RegExp>>> = {
  disk_full: /^/,
  port_in_use: /\bhealth|\bprobe/i,
};

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
      !isOvercome(found, findings, lines) &&
      !isReconnected(found, lines) &&
      !isEventOver(found, lines) &&
      (somethingFails || found.signature.rank === 'symptom' || !isWarning(found.line.text)),
  );
}

/** A connection that had failed works. */
const CONNECTED =
  /\b(?:re)?connected (?:to|successfully|on|after)\b|\bconnection (?:to \S{1,80} )?(?:established|restored|recovered|successful)\b|\bready to accept connections\b|\battempt #?\d{1,3}:? (?:ok|succeeded|worked)\b|\b(?:resolved|succeeded|ok|recovered) (?:on|after|at) (?:attempt|try|\d{1,3} (?:attempts|tries|retries))\b/i;

/** Services that applications connect to: by name, and by port. */
const SERVICES: readonly RegExp[] = [
  /postgres|\bpg\b|:5432\b|port 5432/i,
  /mysql|mariadb|:3306\b/i,
  /redis|valkey|:6379\b/i,
  /mongo|:27017\b/i,
  /rabbit|amqp|:5672\b/i,
  /kafka|:9092\b/i,
];

const serviceOf = (text: string): RegExp | undefined => SERVICES.find((service) => service.test(text));

/** Whether a connection that had failed works later, and does not fail again. */
function isReconnected({ line, signature }: Finding, lines: readonly NumberedLine[]): boolean {
  if (!PASSING.has(signature.cause)) return false;
  const wanted = serviceOf(line.text);
  // A line that names no service may speak of any.
  const isOfIt = (service: RegExp | undefined): boolean =>
    wanted === undefined || service === undefined || service === wanted;
  const up = lines.findIndex(
    ({ number, text }) =>
      number > line.number && CONNECTED.test(text) && !NOT_YET.test(text) && isOfIt(serviceOf(text)),
  );
  if (up === -1) return false;
  const after = lines.slice(up + 1);
  return !after.some(({ text }) => signature.patterns.some((pattern) => pattern.test(text)));
}

/** What Kubernetes says of a container that runs after all. */
const RUNS =
  /^\s{0,16}Normal\s{2,20}(?:Pulled|Started)\b|\b([1-9]\d{0,2})\/\1\s{1,12}Running\b|\bcondition met$|successfully rolled out/;

/** Whether a later event says that it works, and none that it failed again. */
function isEventOver({ line }: Finding, lines: readonly NumberedLine[]): boolean {
  if (!isFailedEvent(line.text)) return false;
  const last = lines.findLast(({ text }) => RUNS.test(text) || isFailedEvent(text));
  return last !== undefined && last.number > line.number && RUNS.test(last.text);
}

/** Whether a line says itself how the work goes on without what it lacks, and something else fails later. */
const isOvercome = (
  { line, signature }: Finding,
  findings: readonly Finding[],
  lines: readonly NumberedLine[],
): boolean =>
  GOES_ON.test(line.text) &&
  (findings.some(
    (other) =>
      other.line.number > line.number &&
      other.signature.cause !== signature.cause &&
      other.signature.rank !== 'symptom' &&
      CAUSES[other.signature.cause].family !== 'health',
  ) ||
    (!lines.some(({ text }) => LASTING[signature.cause]?.test(text)) &&
      !findings.some((other) => other.line.number > line.number) &&
      endsOtherwise(line, signature, lines)));

/** Whether the work went on after a line, and did not end with what its signature knows. */
function endsOtherwise(line: NumberedLine, { patterns }: Signature, lines: readonly NumberedLine[]): boolean {
  if (/^\W{0,4}(?:error|fatal)\b/i.test(line.text)) return false;
  const wentOn = lines.findIndex(
    ({ number, text }) => number > line.number && /^ {0,2}\S/.test(text) && !isReported(text),
  );
  if (wentOn === -1) return false;
  const after = lines.slice(wentOn);
  const last = after.findLast(({ text }) => isReported(text));
  if (last !== undefined) return !patterns.some((pattern) => pattern.test(last.text));
  const cameUp = after.some(({ text }) => CAME_UP.test(text) && !NOT_YET.test(text));
  return cameUp || !after.some(({ text }) => FAILS.test(text) || saysNothing(text) || /\brefus/i.test(text));
}

const isReported = (text: string): boolean => isError(text) || NAMED.test(text);
