import { type Fix, isOpenQuestion } from './fix.ts';
import { answeredOutcome } from './fix-decision.ts';
import { escaped, table } from './markdown.ts';
import { STAGES } from './stage.ts';

/** What was proposed and tried, and what became of it; empty when there was nothing. */
export function fixesTable(fixes: readonly Fix[]): string {
  if (fixes.length === 0) return '';
  return table(
    ['Round', 'Stage', 'Why', 'Fix', 'Changes', 'Outcome'],
    fixes.map((fix) => [
      String(fix.round),
      fix.stage === null ? '' : STAGES[fix.stage].title,
      escaped(fix.explanation),
      escaped(fix.does),
      fix.shown
        .map(({ setting, from, to }) => escaped(`${setting}: ${from ?? 'none'} to ${to ?? 'none'}`))
        .join('; '),
      escaped(outcome(fix)),
    ]),
  );
}

const outcome = (fix: Fix): string =>
  isOpenQuestion(fix) ? `waits for an answer until ${fix.expiresAt}` : answeredOutcome(fix);
