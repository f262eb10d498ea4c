import { isOfOtherStacks, isOutOfContext, speaksOfAws } from './aws-context.ts';
import { KNOWLEDGE } from './knowledge.ts';
import { isWarning } from './log/line-kinds.ts';
import type { LogReading, NumberedLine } from './log/log-reader.ts';
import { isGuess, isOnlyMentioned, tellsFailuresApart } from './mention.ts';
import { type Phase, RANKS, type Signature } from './signature.ts';
import { ACTIONS, type ActionId } from './taxonomy/actions.ts';
import { CAUSES } from './taxonomy/causes.ts';

/** A signature that was found in a log. */
export interface Finding {
  readonly signature: Signature;
  readonly match: RegExpExecArray;
  readonly line: NumberedLine;
  readonly confidence: number;
  /** How near to the root of the failure, and how sure; the highest wins. */
  readonly score: number;
}

export interface Place {
  readonly phase: Phase | undefined;
  readonly target: 'aws' | 'local' | undefined;
}

/** Which patterns are looked for: all, unless their worth is measured. */
export type PatternUse = (signature: Signature, pattern: RegExp) => boolean;

interface Doubt {
  readonly score: number;
  readonly confidence: number;
}

/** In another phase than its own a message is less sure, a general one less than what is seen there; never enough for a fix that HiveMind would make. */
const ELSEWHERE = { score: 15, generalScore: 25, confidence: 0.12, changingConfidence: 0.4 };
const WARNING: Doubt = { score: 25, confidence: 0.15 };
/** What the log itself only supposes has to be shown by another line before anything is changed. */
const GUESS: Doubt = { score: 10, confidence: 0.4 };
const CERTAIN: Doubt = { score: 0, confidence: 0 };
const MATCHES_LOOKED_AT = 6;
/** Of those that are only mentioned or denied, all the same, so that they do not hide the one that is meant. */
const MATCHES_PASSED_OVER = 60;
/** Characters of an address that are looked at. */
const URL_REACH = 300;
const SEARCHES = new WeakMap<RegExp, RegExp>();

/** A log as one text, with the way back from a place in it to the line. */
export class LogText {
  readonly text: string;
  /** Whether it names anything of AWS. */
  readonly isOfAws: boolean;
  /** Whether its stacks are those of another tool. */
  readonly isOfOtherStacks: boolean;
  /** Whether it has records of failures, so that those of other levels are none. */
  readonly tellsFailuresApart: boolean;
  readonly #starts: number[] = [];
  readonly #lines: readonly NumberedLine[];

  constructor({ lines }: LogReading) {
    this.#lines = lines;
    let start = 0;
    for (const { text } of lines) {
      this.#starts.push(start);
      start += text.length + 1;
    }
    this.text = lines.map(({ text }) => text).join('\n');
    this.isOfAws = speaksOfAws(this.text);
    this.isOfOtherStacks = isOfOtherStacks(this.text);
    this.tellsFailuresApart = tellsFailuresApart(this.text);
  }

  lineAt(index: number): NumberedLine {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return this.#lines[low] ?? { number: 1, text: '' };
  }
}

/** Every signature that the log shows, with the place that shows it best. */
export function findingsIn(log: LogText, place: Place, isUsed: PatternUse = () => true): readonly Finding[] {
  return KNOWLEDGE.flatMap(({ signatures }) => signatures)
    .filter((signature) => fits(signature, place, log.text))
    .flatMap((signature) => bestFinding(signature, log, place, isUsed) ?? []);
}

const fits = ({ only, target, requires, excludes }: Signature, place: Place, text: string): boolean =>
  (only === undefined || (place.phase !== undefined && only.includes(place.phase))) &&
  (target === undefined || place.target === undefined || target === place.target) &&
  (requires?.test(text) ?? true) &&
  !(excludes?.test(text) ?? false);

function bestFinding(
  signature: Signature,
  log: LogText,
  place: Place,
  isUsed: PatternUse,
): Finding | undefined {
  const patterns = signature.patterns.filter((pattern) => isUsed(signature, pattern));
  // What only escalates is proposed for a mention too: it changes nothing, and hides what would.
  const mayBeMentioned = ACTIONS[fixOf(signature)].risk === 'human-only';
  const isMeant = (match: RegExpExecArray): boolean =>
    !isNegated(match, log.text) &&
    !isInUrl(match, log.text) &&
    (mayBeMentioned || !isMentionedIn(match, log));
  const findings = patterns.flatMap((pattern) => {
    const all = occurrences(pattern, log.text, isMeant).map((match) => finding(signature, match, log, place));
    return all.sort(byScore).slice(0, 1);
  });
  return findings.sort(byScore)[0];
}

function occurrences(
  pattern: RegExp,
  text: string,
  isMeant: (match: RegExpExecArray) => boolean,
): RegExpExecArray[] {
  const search = SEARCHES.get(pattern) ?? new RegExp(pattern.source, `${pattern.flags}g`);
  SEARCHES.set(pattern, search);
  const found: RegExpExecArray[] = [];
  let passedOver = 0;
  search.lastIndex = 0;
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    if (isMeant(match)) found.push(match);
    else passedOver += 1;
    if (match[0] === '') search.lastIndex += 1;
    if (found.length >= MATCHES_LOOKED_AT || passedOver >= MATCHES_PASSED_OVER) break;
  }
  return found;
}

/** "No pending migrations" is none of them; a match that begins with its own "no" is meant so. */
const isNegated = ({ index }: RegExpExecArray, text: string): boolean =>
  /(?<![\w.-])(?:no|0|zero|without|without any|never) ["'`([]?$/i.test(
    text.slice(Math.max(0, index - 14), index),
  );

/** A word of an address, such as that of a page about an error, says nothing of what happened. */
function isInUrl({ index, 0: found }: RegExpExecArray, text: string): boolean {
  const before = text.slice(Math.max(0, index - URL_REACH), index);
  return /https?:\/\/[^\s"'<>]{0,300}$/.test(before) && !/[\s"'<>]/.test(found.trim());
}

/** Where what a pattern found begins, without the space before it. */
const startOf = ({ index, 0: found }: RegExpExecArray): number =>
  index + found.length - found.trimStart().length;

/** The line up to what was found in it. */
const lineBefore = (start: number, text: string): string =>
  text.slice(text.lastIndexOf('\n', start - 1) + 1, start);

function isMentionedIn(match: RegExpExecArray, log: LogText): boolean {
  const start = startOf(match);
  const end = match.index + match[0].length;
  return isOnlyMentioned(log.lineAt(start).text, {
    before: lineBefore(start, log.text),
    after: log.text.slice(end, end + 4),
    isToldApart: log.tellsFailuresApart,
  });
}

function finding(signature: Signature, match: RegExpExecArray, log: LogText, place: Place): Finding {
  const start = startOf(match);
  const line = log.lineAt(start);
  const doubt = doubtAbout(signature, place, log);
  const warning = isWarning(line.text) ? WARNING : CERTAIN;
  const isSupposed = isGuess(lineBefore(start, log.text));
  const guess = isSupposed && ACTIONS[fixOf(signature)].risk !== 'human-only' ? GUESS : CERTAIN;
  const score =
    RANKS[signature.rank ?? 'specific'] +
    10 * signature.confidence -
    doubt.score -
    warning.score -
    guess.score;
  return {
    signature,
    match,
    line,
    confidence: signature.confidence - doubt.confidence - warning.confidence - guess.confidence,
    score,
  };
}

/** How much less a message says where it does not belong. */
function doubtAbout(signature: Signature, place: Place, log: LogText): Doubt {
  const { risk } = ACTIONS[fixOf(signature)];
  const score = signature.rank === 'general' ? ELSEWHERE.generalScore : ELSEWHERE.score;
  if (isOutOfContext(signature, risk, place, log)) {
    return { score, confidence: ELSEWHERE.changingConfidence };
  }
  const { phase } = place;
  if (phase === undefined || signature.phases?.includes(phase) !== false) return CERTAIN;
  const confidence = risk === 'human-only' ? ELSEWHERE.confidence : ELSEWHERE.changingConfidence;
  return { score, confidence };
}

/** What is proposed when the signature is right. */
export const fixOf = ({ cause, fix }: Signature): ActionId => fix ?? CAUSES[cause].fix;

/** The best first; of equals the one that comes first in the log, and says most. */
export const byScore = (a: Finding, b: Finding): number =>
  b.score - a.score || a.line.number - b.line.number || groupCount(b) - groupCount(a);

const groupCount = ({ match }: Finding): number =>
  Object.values(match.groups ?? {}).filter((value) => value !== undefined).length;
