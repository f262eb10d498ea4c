import type { ErrorCode } from '../errors.ts';
import { CODE_MEANINGS } from './failure-codes.ts';
import {
  byScore,
  type Finding,
  findingsIn,
  fixOf,
  LogText,
  type PatternUse,
  type Place,
} from './findings.ts';
import { type FixParameters, parametersOf } from './fix-parameters.ts';
import { type LogReading, type NumberedLine, readText } from './log/log-reader.ts';
import { phaseFrom } from './phase.ts';
import { isWithinReach } from './reach.ts';
import { stillStanding } from './recovery.ts';
import { type Phase, RANKS } from './signature.ts';
import type { Risk } from './taxonomy/action.ts';
import { ACTIONS, type ActionId } from './taxonomy/actions.ts';
import { CAUSES, type CauseId } from './taxonomy/causes.ts';
import { leavesErrorsUnexplained } from './unexplained.ts';

export interface Evidence {
  /** The log, or what was kept of it. */
  readonly log: string | LogReading;
  /** Where it failed. */
  readonly phase?: Phase | undefined;
  readonly target?: 'aws' | 'local' | undefined;
  /** HiveMind's own code of the failure. */
  readonly code?: ErrorCode | undefined;
}

export interface Diagnosis {
  readonly cause: CauseId;
  /** 0 to 1; 0 when the cause is unknown and nothing comes near. */
  readonly confidence: number;
  /** The lines that prove the cause; the best there is when it is unknown. */
  readonly evidence: readonly NumberedLine[];
  readonly fix: ActionId;
  readonly parameters: FixParameters;
  readonly risk: Risk;
  /** What else it could be, the likeliest first. */
  readonly alternatives: readonly { readonly cause: CauseId; readonly confidence: number }[];
}

/** Below this nothing is proposed. */
export const THRESHOLD = 0.6;
/** A rival this near makes the answer less sure. */
const NEAR = 4;
const DOUBT = 0.08;
/** The least daring first: what only a person does changes nothing. */
const DARING: readonly Risk[] = ['human-only', 'safe', 'needs-approval'];
/** Rivals of about the same rank: the text does not tell them apart. */
const TIE = 10;
const EVIDENCE_LINES = 5;
const ALTERNATIVES = 3;

/** A cause with everything that speaks for it. */
interface Candidate {
  readonly cause: CauseId;
  readonly score: number;
  readonly confidence: number;
  readonly findings: readonly Finding[];
  readonly fix: ActionId;
}

/**
 * Why something failed and what helps, from its log; `unknown` with the best evidence when nothing is sure enough.
 */
export function diagnose(evidence: Evidence, isUsed?: PatternUse): Diagnosis {
  const reading = typeof evidence.log === 'string' ? readText(evidence.log) : evidence.log;
  const log = new LogText(reading);
  const place: Place = { phase: evidence.phase ?? phaseFrom(log.text), target: evidence.target };
  const findings = stillStanding(findingsIn(log, place, isUsed), reading, place.phase);
  const candidates = candidatesFrom(findings, evidence.code);
  const best = chosen(candidates);
  const others = candidates.filter((candidate) => candidate !== best);
  const alternatives = others
    .filter(({ cause, confidence }) => cause !== 'unknown' && confidence >= THRESHOLD)
    .slice(0, ALTERNATIVES)
    .map(({ cause, confidence }) => ({ cause, confidence: rounded(confidence) }));
  const confidence = best === undefined ? 0 : confidenceOf(best, others[0]);
  const parameters = best === undefined ? {} : parametersFor(best, log.text);
  if (
    best === undefined ||
    best.cause === 'unknown' ||
    confidence < THRESHOLD ||
    leavesErrorsUnexplained(best.cause, best.findings, reading) ||
    !isWithinReach(best.fix, parameters, best.findings[0]?.line.text ?? '', place.phase)
  ) {
    return unknown(reading, best, alternatives);
  }
  return {
    cause: best.cause,
    confidence: rounded(confidence),
    evidence: provingLines(best, reading),
    fix: best.fix,
    parameters,
    risk: ACTIONS[best.fix].risk,
    alternatives,
  };
}

function candidatesFrom(findings: readonly Finding[], code: ErrorCode | undefined): readonly Candidate[] {
  const byCause = Map.groupBy([...findings].sort(byScore), ({ signature }) => signature.cause);
  const candidates = [...byCause].flatMap(([cause, found]): Candidate[] => {
    // What belongs elsewhere may score more, and is not sure enough here: then it says nothing at all.
    const sure = found.filter(({ confidence }) => confidence >= THRESHOLD);
    const speaking = sure.length > 0 ? sure : found;
    const [first] = speaking;
    if (first === undefined) return [];
    const { confidence, score, signature } = first;
    return [{ cause, confidence, score, findings: speaking, fix: fixOf(signature) }];
  });
  return withCode(candidates, code).sort((a, b) => b.score - a.score || lineOf(a) - lineOf(b));
}

const lineOf = ({ findings }: Candidate): number => findings[0]?.line.number ?? Number.POSITIVE_INFINITY;

/** What HiveMind's own code says, beside what the log says. */
function withCode(candidates: readonly Candidate[], code: ErrorCode | undefined): Candidate[] {
  const meaning = code === undefined ? undefined : CODE_MEANINGS[code];
  if (meaning === undefined) return [...candidates];
  const { cause, confidence, rank } = meaning;
  const score = RANKS[rank] + 10 * confidence;
  const found = candidates.find((candidate) => candidate.cause === cause);
  const others = candidates.filter((candidate) => candidate.cause !== cause);
  const fix = meaning.fix ?? CAUSES[cause].fix;
  if (found === undefined) return [...others, { cause, confidence, score, findings: [], fix }];
  const surer = { confidence: Math.max(found.confidence, confidence), score: Math.max(found.score, score) };
  return [...others, { ...found, ...surer }];
}

/** The best; of rivals that are as good as it the one whose fix dares least. */
function chosen(candidates: readonly Candidate[]): Candidate | undefined {
  const [best] = candidates;
  if (best === undefined) return undefined;
  const equals = candidates.filter(
    ({ score, confidence }) => best.score - score < TIE && confidence >= THRESHOLD,
  );
  return equals.toSorted((a, b) => daring(a) - daring(b))[0] ?? best;
}

const daring = ({ fix }: Candidate): number => DARING.indexOf(ACTIONS[fix].risk);

const confidenceOf = (best: Candidate, rival: Candidate | undefined): number =>
  rival !== undefined && rival.cause !== 'unknown' && best.score - rival.score < NEAR
    ? best.confidence - DOUBT
    : best.confidence;

function provingLines({ findings }: Candidate, { firstError }: LogReading): readonly NumberedLine[] {
  const lines = new Map(findings.map(({ line }) => [line.number, line]));
  if (lines.size === 0 && firstError !== null) return [firstError];
  return distinct([...lines.values()])
    .slice(0, EVIDENCE_LINES)
    .sort((a, b) => a.number - b.number);
}

/** What all findings say; the best finding has the last word. */
function parametersFor({ cause, findings }: Candidate, text: string): FixParameters {
  return Object.assign({}, ...findings.toReversed().map((found) => parametersFrom(cause, found, text)));
}

function parametersFrom(cause: CauseId, { signature, match }: Finding, text: string): FixParameters {
  const details = (signature.details ?? []).map((detail) => detail.exec(text)?.groups ?? {});
  const groups = [...details.toReversed(), match.groups ?? {}];
  return Object.assign({}, signature.params, ...groups.map((found) => parametersOf(cause, found)));
}

/** The first of lines that say the same, whatever their numbers. */
function distinct(lines: readonly NumberedLine[]): readonly NumberedLine[] {
  const seen = new Set<string>();
  return lines.filter(({ text }) => {
    const said = text.trim();
    if (seen.has(said)) return false;
    seen.add(said);
    return true;
  });
}

function unknown(
  { firstError, chain, lines }: LogReading,
  best: Candidate | undefined,
  alternatives: Diagnosis['alternatives'],
): Diagnosis {
  const proving = best?.findings.map(({ line }) => line) ?? [];
  const errors = firstError === null ? lines.slice(-1) : [firstError, ...chain];
  const fix = CAUSES.unknown.fix;
  return {
    cause: 'unknown',
    confidence: best?.cause === 'unknown' ? rounded(best.confidence) : 0,
    evidence: distinct([...proving, ...errors])
      .slice(0, EVIDENCE_LINES)
      .sort((a, b) => a.number - b.number),
    fix,
    parameters: {},
    risk: ACTIONS[fix].risk,
    alternatives,
  };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
