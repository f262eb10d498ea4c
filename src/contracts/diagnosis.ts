import * as z from 'zod';
import { RISKS } from '../domain/diagnosis/taxonomy/action.ts';
import { ACTIONS, type ActionId } from '../domain/diagnosis/taxonomy/actions.ts';
import { CAUSES, type CauseId } from '../domain/diagnosis/taxonomy/causes.ts';

const causes = Object.keys(CAUSES) as [CauseId, ...CauseId[]];
const actions = Object.keys(ACTIONS) as [ActionId, ...ActionId[]];

/** Why something failed, as it is kept with the failure. */
export const diagnosisShape = z.strictObject({
  /** `unknown` when nothing is sure enough. */
  cause: z.enum(causes),
  /** 0 to 1. */
  confidence: z.number(),
  /** The lines that prove the cause, with their numbers in what was read. */
  evidence: z.array(z.strictObject({ line: z.number().int(), text: z.string() })).readonly(),
  action: z.enum(actions),
  risk: z.enum(RISKS),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).readonly(),
});

/** What `hivemind diagnose --json` prints. */
export const diagnosisDocument = z.strictObject({
  diagnosis: diagnosisShape.extend({
    /** The cause in words. */
    meaning: z.string(),
    /** The action in words, and what it would change; null when nothing. */
    does: z.string(),
    changes: z.string().nullable(),
    alternatives: z.array(
      z.strictObject({ cause: z.enum(causes), meaning: z.string(), confidence: z.number() }),
    ),
    /** Lines of the whole log. */
    lines: z.number().int(),
  }),
});
export type DiagnosisDocument = z.infer<typeof diagnosisDocument>;
