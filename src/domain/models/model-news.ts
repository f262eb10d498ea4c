import type { LogLine } from '../log-line.ts';
import { dollarsText } from '../wording.ts';
import { type BudgetAlert, budgetOf } from './budget.ts';
import type { ModelCall } from './model-call.ts';
import { usdOfNano } from './money.ts';
import { QUESTION_KINDS } from './question-kind.ts';

/** What the operator is told when a budget reaches a percent for the first time. */
export function budgetNews({ key, percent, spentNanoUsd, limitNanoUsd }: BudgetAlert): {
  readonly subject: string;
  readonly text: string;
} {
  const { period, name } = budgetOf(key);
  const whose = period === 'day' ? `of ${name} (UTC)` : `of the deployment ${name}`;
  const subject = `${percent} % of the budget for language models ${whose} is spent`;
  const after =
    percent < 100
      ? 'At 100 % the agents go on by rules.'
      : period === 'day'
        ? 'The agents go on by rules until midnight UTC.'
        : 'Its agents go on by rules.';
  return {
    subject,
    text: `${dollarsText(usdOfNano(spentNanoUsd))} of ${dollarsText(usdOfNano(limitNanoUsd))}. ${after} "hivemind costs" shows what it was spent on; docs/models.md says how the budget is raised.`,
  };
}

/** The deployment whose own budget it is; undefined for that of a day. */
export function budgetDeployment({ key }: BudgetAlert): string | undefined {
  const { period, name } = budgetOf(key);
  return period === 'deployment' ? name : undefined;
}

/** A line of the agent's log about a call that it made. */
export function callLogLine(call: ModelCall, time: string): LogLine {
  const { agent, kind, model, level, outcome, failure, cached, attempts, latencyMilliseconds } = call;
  const who = model === null ? 'rules' : `${model} (${level})`;
  const how = [
    failure ?? outcome,
    ...(cached === 'no' ? [] : [`cached: ${cached}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(model === null
      ? []
      : [`${Math.round(latencyMilliseconds)} ms`, `$${usdOfNano(call.costNanoUsd).toFixed(6)}`]),
  ];
  return {
    time,
    source: 'agent',
    name: agent,
    text: `${QUESTION_KINDS[kind].title}: ${who}, ${how.join(', ')}`,
  };
}
