/** Entries of a changelog or of a list of commits. */
const ENTRY =
  /^\s{0,8}(?:[-*•] {1,4}|\d{1,3}[.)] {1,4}|[0-9a-f]{7,40} {1,4}|⧗ {1,4}input: )?\*{0,2}(?:fix(?:e[sd])?|feat|chore|docs?|refactor|perf|style|revert)\*{0,2}(?:\([^()\n]{1,60}\))?!?: /i;
/** What a program prints about its options: the option, a gap, and what it is for. */
const USAGE = /^\s{1,12}-{1,2}[a-z][\w-]{0,40}(?:[ =,]{1,2}[\w<>[\]=-]{1,40}){0,3} {2,20}\S/i;
/** The name of a test that failed, before what it failed with. */
const TEST_TITLE =
  /^\s{0,8}(?:(?:FAIL(?:ED)?:?|✕|✗|not ok \d{1,6}(?: -)?)\s{1,4}(?=\S)(?=[^\n]{0,300}(?:\.(?:[cm]?[jt]sx?|py|rb|go|php)\b|::| [>›] ))|--- FAIL: |● (?!Test suite failed))(?![^\n]{0,300} - )/;
const TIMED_TITLE = /^\s{0,12}[✕✗×] \S[^\n]{0,300}\(\d{1,6}(?:\.\d{1,3})? ?m?s\)$/;
/** A line of source code that a search shows, with its place. */
const FOUND_CODE = /^[\w./@-]{1,200}\.\w{1,6}:\d{1,6}:(?:\d{1,5}:)?\s{2,20}\S[^\n]{0,300}[,;{(]$/;
/** An entry of a list of troubles and what to do about them. */
const ADVICE_ENTRY = /^\s{0,8}[*•-] {1,4}["'`][^"'`\n]{1,160}["'`]\s?(?::|[-–—=]>?|means) ?\S/;
/** Data that a statement or a record carries: its words are those of users. */
const CONTENT =
  /^\s{0,8}(?:INSERT INTO |\{"(?:level|severity)": ?"(?:info|debug|trace)"|time=\S{4,60} level=(?:info|debug|trace) )/i;
const COMMENT = /^\s{0,16}(?:\/\/|\/\*|<!--)/;
const LINES: readonly RegExp[] = [
  ENTRY,
  USAGE,
  TEST_TITLE,
  TIMED_TITLE,
  FOUND_CODE,
  ADVICE_ENTRY,
  CONTENT,
  COMMENT,
];

/** Begins a part of a sentence that tells what might be, or what an error means in general. */
const SUPPOSED =
  /\b(?:did you mean|(?:an? )?(?:error|message)s? such as|for (?:example|instance)|e\.g\.|in case of|(?:will|would) (?:fail|result)|means that|(?:before|earlier|previously)[^\n.]{0,20} (?:failed|crashed) with)\b[^\n.;]{0,120}$/i;

/** Begins a sentence of advice. */
const CONDITION =
  /^\s{0,8}(?:[*•-] )?(?:If|When|Whenever|Should) (?:you|your|the|it|this|there|an?|`[^`\n]{1,60}`)(?= )(?:[^\n.,;]|\.(?=\w)){0,160}$/;

/**
 * Whether what a pattern found in a line is only spoken of there: the title of a test or of a change, the help of a program,
 * a comment, or a part of a sentence about what might be. None of it happened in this failure.
 *
 * @param before the line up to what was found
 * @param after the rest of it
 */
export const isOnlyMentioned = (line: string, before: string, after: string): boolean =>
  LINES.some((pattern) => pattern.test(line)) ||
  SUPPOSED.test(before.slice(-200)) ||
  CONDITION.test(before) ||
  (/^["'`],? ["'`]/.test(after) && /["'`]$/.test(before)) ||
  (/["'`],? ["'`]$/.test(before) && /^["'`]/.test(after));

/** A tool that does not know itself why something ended. */
const GUESS = /\b(?:it|they|this|that|process|daemon) (?:may|might|could) (?:have|be|also)\b/i;

/** Whether the line itself only supposes its reason. */
export const isGuess = (line: string): boolean => GUESS.test(line);
