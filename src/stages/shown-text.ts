import { cleanText } from '../domain/untrusted-text/clean-text.ts';
import { redact } from '../domain/untrusted-text/redact.ts';

/**
 * A text as a model may see it. What it quotes is looked up in this, and evidence is shown as it stands here, so that what was hidden
 * from the model is not shown by it either.
 */
export const shownText = (text: string): string => redact(cleanText(text));

/** Half a secret is none that could be known: texts are cut behind it, and once more after it was left out. */
const LONGEST_SECRET = 4_096;

/** The beginning of a text as a model may see it. */
export const shownBeginning = (text: string, maximumCharacters: number): string =>
  shownText(text.slice(0, maximumCharacters + LONGEST_SECRET)).slice(0, maximumCharacters);

/** The end of a text as a model may see it. */
export const shownEnd = (text: string, maximumCharacters: number): string =>
  shownText(text.slice(-(maximumCharacters + LONGEST_SECRET))).slice(-maximumCharacters);
