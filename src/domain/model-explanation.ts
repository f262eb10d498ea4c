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

/** Whether a text says that something was or should be approved, or orders a command: words that only we and the operator may use. */
export const speaksForOthers = (text: string): boolean => APPROVALS.test(text) || COMMANDS.test(text);
