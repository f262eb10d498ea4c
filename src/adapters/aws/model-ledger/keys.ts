import type { BudgetKey } from '../../../domain/models/budget.ts';
import type { ModelCall } from '../../../domain/models/model-call.ts';
import { utcDay } from '../../../domain/time.ts';
import type { Key } from '../deployment-store/keys.ts';

/** Calls of a day (UTC), by the time they were asked. */
export const callsOfDay = (day: string): string => `model-calls#${day}`;

export const callKey = ({ askedAt, id }: Pick<ModelCall, 'askedAt' | 'id'>): Key => ({
  pk: callsOfDay(utcDay(askedAt)),
  sk: `${askedAt}#${id}`,
});

/** In the index by time. */
export const callsOfDeployment = (deploymentId: string): string => `model-calls#${deploymentId}`;

export const budgetKey = (key: BudgetKey): Key => ({ pk: `model-budget#${key}`, sk: 'budget' });
