import { filledPlan } from '../../../../../lambdas/recon/model/fill-plan.ts';
import { type PlanWishes, readDraft } from '../../../../../lambdas/recon/plan-draft.ts';
import type { LogLine } from '../../../../../src/domain/log-line.ts';
import type { LanguageModel } from '../../../../../src/ports/language-model.ts';
import { memoryTree } from '../../../../fixtures/memory-tree.ts';
import { stillClock } from '../../../../fixtures/still-clock.ts';
import type { Files } from '../plan-of.ts';

/** The plan of these files where a model may be asked, and what was logged. */
export async function filled(
  files: Files,
  model: Pick<LanguageModel, 'ask' | 'isConfigured'>,
  wishes: Partial<PlanWishes> = {},
) {
  const logged: LogLine[] = [];
  const ports = {
    model,
    clock: stillClock(),
    telemetry: { log: (_: string, line: LogLine) => void logged.push(line) },
  };
  const draft = await readDraft(memoryTree(files), { environmentNames: [], ...wishes });
  const decided = await filledPlan(ports, 'shop-abc234', draft, new AbortController().signal);
  return { ...decided, logged: logged.map(({ text }) => text) };
}

interface Choice {
  readonly option: string;
  readonly file: string;
  readonly quote: string;
  readonly confidence?: number;
}

/** What a model answers that makes these choices. */
export const choosing = (...choices: readonly Choice[]) => ({
  choices: choices.map(({ option, file, quote, confidence = 0.9 }) => ({
    option,
    confidence,
    evidence: { file, quote },
  })),
});
