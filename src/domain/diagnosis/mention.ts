/** Entries of a changelog or of a list of commits. */
const ENTRY =
  /^\s{0,8}(?:(?:[-*•] {1,4}|\d{1,3}[.)] {1,4}|[0-9a-f]{7,40} {1,4}|⧗ {1,4}input: )\*{0,2}(?:chore|docs?|perf|style)|(?:[-*•] {1,4}|\d{1,3}[.)] {1,4}|[0-9a-f]{7,40} {1,4}|⧗ {1,4}input: )?\*{0,2}(?:fix(?:e[sd])?|feat|refactor|revert))\*{0,2}(?:\([^()\n]{1,60}\))?!?: /i;
/** What a program prints about its options: the option, a gap, and what it is for. */
const USAGE = /^\s{1,12}-{1,2}[a-z][\w-]{0,40}(?:[ =,]{1,2}[\w<>[\]=-]{1,40}){0,3} {2,20}\S/i;
/** The name of a test that failed, before what it failed with. */
const TEST_TITLE =
  /^\s{0,8}(?:(?:FAIL(?:ED)?:?|✕|✗|not ok \d{1,6}(?: -)?)\s{1,4}(?=\S)(?=[^\n]{0,300}(?:\.(?:[cm]?[jt]sx?|py|rb|go|php)\b|::| [>›] ))|--- FAIL: |● (?!Test suite failed))(?![^\n]{0,300} - )/;
const TIMED_TITLE = /^\s{0,12}[✕✗×] \S[^\n]{0,300}\(\d{1,6}(?:\.\d{1,3})? ?m?s\)$/;
/** Builders mark what failed as test runners do, and say what. */
const NO_TITLE = /^\s{0,8}FAILED: |\berror:|\bbuild failed\b|\bcannot find module\b/i;
/** A line of source code that a search shows, with its place. */
const FOUND_CODE = /^[\w./@-]{1,200}\.\w{1,6}:\d{1,6}:(?:\d{1,5}:)?\s{2,20}\S[^\n]{0,300}[,;{(]$/;
/** An entry of a list of troubles and what to do about them. */
const ADVICE_ENTRY = /^\s{0,8}[*•-] {1,4}["'`][^"'`\n]{1,160}["'`]\s?(?::|[-–—=]>?|means) ?\S/;
/** Data that a statement carries: its words are those of users. */
const CONTENT = /^\s{0,8}INSERT INTO (?![^\n]{0,2000}(?:ERROR:|failed))/i;
/** A record that is none of a failure where a program tells its failures apart. */
const QUIET_RECORD =
  /^\s{0,8}(?:\{"(?:level|severity)": ?"(?:info|debug|trace)"|time=\S{4,60} level=(?:info|debug|trace) )/i;
const LOUD_RECORD =
  /^\s{0,8}(?:\{"(?:level|severity)": ?"(?:error|fatal|critical|panic)"|time=\S{4,60} level=(?:error|fatal|panic) )/im;
const COMMENT = /^\s{0,16}(?:\/\/ |\/\*|<!--)/;
const TITLES: readonly RegExp[] = [TEST_TITLE, TIMED_TITLE];
const LINES: readonly RegExp[] = [ENTRY, USAGE, FOUND_CODE, ADVICE_ENTRY, CONTENT, COMMENT];

/** Whether a log has records of failures, so that those of other levels are none. */
export const tellsFailuresApart = (log: string): boolean => LOUD_RECORD.test(log);

/** Begins a part of a sentence that tells what might be, or what an error means in general. */
const SUPPOSED =
  /\b(?:did you mean|(?:an? )?(?:error|message)s? such as|for (?:example|instance)|e\.g\.|in case of|(?:will|would) (?:fail|result)(?!:)|means that|(?:before|earlier|previously)[^\n.]{0,20} (?:failed|crashed) with)\b[^\n.;]{0,120}$/i;

/** Begins a sentence of advice. */
const CONDITION =
  /^\s{0,8}(?:[*•-] )?(?:If|When|Whenever|Should) (?:you|your|the|it|this|there|an?|`[^`\n]{1,60}`)(?= )(?:[^\n.,;]|\.(?=\w)){0,160}$/;

/**
 * Whether what a pattern found in a line is only spoken of there: the title of a test or of a change, the help of a program,
 * a comment, or a part of a sentence about what might be. None of it happened in this failure.
 *
 * @param before the line up to what was found
 * @param after the rest of it
 * @param isToldApart whether records that are none of a failure are told from those that are
 */
export const isOnlyMentioned = (
  line: string,
  { before, after, isToldApart }: { before: string; after: string; isToldApart: boolean },
): boolean =>
  LINES.some((pattern) => pattern.test(line)) ||
  (TITLES.some((pattern) => pattern.test(line)) && !NO_TITLE.test(line)) ||
  (isToldApart && QUIET_RECORD.test(line)) ||
  SUPPOSED.test(before.slice(-200)) ||
  CONDITION.test(before) ||
  (/^["'`],? ["'`]/.test(after) && /["'`]$/.test(before)) ||
  (/["'`],? ["'`]$/.test(before) && /^["'`]/.test(after));

/** A tool that does not know itself why something ended. */
const GUESS = /\b(?:it|they|this|that|process|daemon) (?:may|might|could) (?:have|be|also)\b/i;

/** Whether the line itself only supposes its reason. */
export const isGuess = (line: string): boolean => GUESS.test(line);
