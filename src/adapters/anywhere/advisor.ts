import type { Advisor } from '../../ports/advisor.ts';

/** Where no language model is configured the rules alone answer. */
export const noAdvice: Advisor = { causeOf: async () => undefined };
