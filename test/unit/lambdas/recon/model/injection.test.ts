import { expect, test } from '@jest/globals';
import type { HiveMindError } from '../../../../../src/domain/errors.ts';
import { attacksOn } from '../../../../fixtures/models/attacks.ts';
import {
  type ScriptedLanguageModel,
  scriptedLanguageModel,
  shownText,
} from '../../../../fixtures/models/scripted-language-model.ts';
import { planOf } from '../plan-of.ts';
import { filled } from './filled.ts';

type ReconAttack = ReturnType<typeof attacksOn<'recon'>>[number];

test.each(attacksOn('recon').map((attack) => [attack.attack, attack] as const))(
  'the plan stays that of the rules when %s',
  async (_, attack) => {
    const { files, description, secret, mustNotSay } = attack;
    const wishes = { ...(description !== undefined && { description }) };
    const told: string[] = [];
    const model = gullible(attack, told);
    const outcome = await filled(files, model, wishes).catch((error: HiveMindError) => ({ error }));
    const byRules = await planOf(files, wishes).catch((error: HiveMindError) => ({ error }));
    if ('plan' in outcome) {
      expect(outcome.plan).toEqual(byRules);
      expect(outcome.decidedBy['level']).toBe('rules');
      for (const part of mustNotSay) expect(JSON.stringify(outcome)).not.toContain(part);
    } else {
      expect(outcome).toEqual(byRules);
    }
    if (secret !== undefined) {
      for (const question of model.questions) expect(shownText(question)).not.toContain(secret);
      expect(JSON.stringify([outcome, told])).not.toContain(secret);
    }
  },
);

/** Reads what the attack wants read, and then says what it wants said. */
function gullible({ answer, reads }: ReconAttack, told: string[]): ScriptedLanguageModel {
  return scriptedLanguageModel({
    plan: async ({ tools = [] }) => {
      const { signal } = new AbortController();
      for (const path of reads) {
        for (const tool of tools) {
          await expect(tool.read({ path }, signal).then((text) => told.push(text))).rejects.toThrow();
        }
      }
      return answer;
    },
  });
}
