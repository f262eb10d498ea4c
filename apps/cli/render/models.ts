import type { ModelsView } from '../../../src/contracts/models.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { modelDollars } from './model-numbers.ts';

/** `primary bedrock:...`, and what is wrong with it, if anything is. */
export function modelText({
  level,
  model,
  breaker,
  failures,
  refused,
  isPriceKnown,
}: ModelsView['models'][number]): string {
  const trouble = [
    ...(breaker === 'open' ? [`its breaker is open after ${failures} failures`] : []),
    ...(breaker === 'half-open' ? ['its breaker is half-open: one call tries it'] : []),
    ...(refused ? [`the newest call of it: ${refused}`] : []),
    ...(isPriceKnown ? [] : ['its price is not known: it counts as the dearest']),
  ];
  return `${level} ${singleLine(model)}${trouble.length > 0 ? ` (${trouble.join('; ')})` : ''}`;
}

/** `today: $1.20 of $5.00 (24 %), $0.03 set aside` */
export function budgetText({ limitUsd, spentUsd, reservedUsd }: ModelsView['budgets'][number]): string {
  const share = limitUsd === 0 ? 100 : Math.round((spentUsd / limitUsd) * 100);
  const aside = reservedUsd > 0 ? `, ${modelDollars(reservedUsd)} set aside for open calls` : '';
  return `today: ${modelDollars(spentUsd)} of ${modelDollars(limitUsd)} (${share} %)${aside}`;
}

/** Whether the day's budget is gone, so that rules answer until midnight UTC. */
export const isSpent = ({ limitUsd, spentUsd }: ModelsView['budgets'][number]): boolean =>
  spentUsd >= limitUsd;
