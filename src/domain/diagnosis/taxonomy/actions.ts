import type { Action } from './action.ts';
import { APPROVED_ACTIONS } from './approved-actions.ts';
import { HUMAN_ACTIONS } from './human-actions.ts';
import { SAFE_ACTIONS } from './safe-actions.ts';

/** Everything that can be done about a failure. */
export const ACTIONS = { ...SAFE_ACTIONS, ...APPROVED_ACTIONS, ...HUMAN_ACTIONS } as const satisfies Record<
  string,
  Action
>;

export type ActionId = keyof typeof ACTIONS;
