import type { LanguageModel } from '../../ports/language-model.ts';

/** Where no language model is configured the rules alone answer. */
export const noModel: LanguageModel = {
  ask: async () => ({ answered: false, reason: 'not-configured' }),
  converse: async function* () {
    yield { kind: 'failed', reason: 'not-configured' };
  },
};
