import { cleanText } from '../domain/untrusted-text/clean-text.ts';
import { redact } from '../domain/untrusted-text/redact.ts';

/**
 * A text as a model may see it. What it quotes is looked up in this, and evidence is shown as it stands here, so that what was hidden
 * from the model is not shown by it either.
 */
export const shownText = (text: string): string => redact(cleanText(text));
