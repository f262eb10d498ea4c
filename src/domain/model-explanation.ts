/** What a model says about something that code has found. It explains, and changes nothing. */
export interface ModelExplanation {
  /** One paragraph, fit for people. */
  readonly text: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Provider and id: `bedrock:global.anthropic.claude-sonnet-5-5`. */
  readonly model: string;
}

/** `a model says (72 % sure, bedrock:...): "..."`: where its words begin and end is plain, and nobody takes them for ours. */
export const attributed = ({ text, confidence, model }: ModelExplanation): string =>
  `a model says (${Math.round(confidence * 100)} % sure, ${model}): "${text.replace(/["“”„]/g, "'")}"`;

/** Consents, and what to type. Who explains something has no use for either; whoever writes logs would like to have both said. */
const APPROVALS = /\bapprov(?:al|e|ed|es|ing)\b/i;
const COMMANDS =
  /\bhivemind\s+[a-z]|\b(?:curl|wget|sudo|npx|bash|eval|chmod)\b|\brm\s+-|\s--?(?:y|yes|confirm|force)\b/i;

/** Consents in other words: what of a system is authorized can be said otherwise. */
const CONSENTS = /\bsigned[\s-]off\b|\bauthori[sz]ed\b|\bcleared\b/i;
/** What is to be typed, or begins so. */
const TYPED = /`|(?<![\w-])--[a-z]/i;
/** The words of orders where they order: at the beginning of a clause, or after one who is told to. Elsewhere they describe. */
const ORDERS =
  /(?:^|[^\w\s./-]\s*|[.-]\s+|\b(?:please|just|now|then|simply|first|next|and|or|must|should|you(?:\s+(?:can|may|could|will))?|(?:have|need|want|ought|sure|asked|told)\s+to)\s+)(?:type|enter|run|execute|confirm)\b(?!["']\s*:)/i;

/** Letters of other scripts that look like those of ours. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '\u0430': 'a',
  '\u03b1': 'a',
  '\u0251': 'a',
  '\u0440': 'p',
  '\u03c1': 'p',
  '\u0433': 'r',
  '\u043e': 'o',
  '\u03bf': 'o',
  '\u0585': 'o',
  '\u0475': 'v',
  '\u03bd': 'v',
  '\u0435': 'e',
  '\u0501': 'd',
  '\u0456': 'i',
  '\u03b9': 'i',
  '\u0131': 'i',
  '\u0578': 'n',
  '\u0581': 'g',
  '\u0441': 'c',
  '\u0455': 's',
  '\u0443': 'y',
  '\u0445': 'x',
  '\u04bb': 'h',
  '\u043c': 'm',
  '\u043a': 'k',
  '\u0442': 't',
  '\u0391': 'a',
  '\u0410': 'a',
  '\u0420': 'p',
  '\u041e': 'o',
  '\u0415': 'e',
  '\u03a1': 'p',
  '\u039f': 'o',
  '\u0395': 'e',
  '\u0406': 'i',
  '\u0399': 'i',
};

/** As somebody reads it: letters without their marks, width and scripts. */
const asRead = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x00-\x7f]/gu, (letter) => LOOKALIKES[letter] ?? letter);

/**
 * Whether a text says that something was approved or should be, or orders a command: words that only we and the operator may use. It is a
 * list of words and no proof: nothing may depend on it.
 */
export const speaksForOthers = (text: string): boolean => {
  const read = asRead(text);
  return [APPROVALS, CONSENTS, COMMANDS, TYPED, ORDERS].some((words) => words.test(read));
};
