import type { JsonObject } from '../../../src/domain/json.ts';
import { type Plan, planConfidence } from '../../../src/domain/plan.ts';
import type { LanguageModel } from '../../../src/ports/language-model.ts';
import {
  decidedByModel,
  decidedByRules,
  logUnbelieved,
  unansweredRemark,
} from '../../../src/stages/model-decision.ts';
import type { StagePorts } from '../../../src/stages/stage-context.ts';
import { planOf } from '../plan-builder.ts';
import type { PlanDraft } from '../plan-draft.ts';
import { planWith, surerChoices } from './apply-choices.ts';
import { excerptsOf } from './excerpts.ts';
import type { Option } from './option.ts';
import { type OpenPlan, openOptions } from './options.ts';
import { planQuestion } from './plan-question.ts';
import { type ProvenChoice, provenChoices } from './proven-choices.ts';

export interface FillingPorts extends Pick<StagePorts, 'clock' | 'telemetry'> {
  readonly model: Pick<LanguageModel, 'ask' | 'isConfigured'>;
}

/** A plan, and who decided what rules had left open: in words for people, and for the data of the event `decision`. */
export interface DecidedPlan {
  readonly plan: Plan;
  readonly remark: string;
  readonly decidedBy: JsonObject;
}

/**
 * The plan by rules, with what a model makes of the fields that they left open.
 * @throws {HiveMindError} StartCommandNotFound, UnsupportedApplication
 */
export async function filledPlan(
  ports: FillingPorts,
  deploymentId: string,
  draft: PlanDraft,
  signal: AbortSignal,
): Promise<DecidedPlan> {
  const byRules = planOf(draft);
  const isOpen = 'plan' in byRules || byRules.refusal.code === 'StartCommandNotFound';
  const open: OpenPlan = { draft, plan: 'plan' in byRules ? byRules.plan : null };
  const [first, ...others] = isOpen ? openOptions(open) : [];
  if (first === undefined) return settled(byRules, '', decidedByRules());
  if (!ports.model.isConfigured) return settled(byRules, '', decidedByRules('not-configured'));
  const options = [first, ...others] as const;
  const reply = await ports.model.ask(await questionOn(deploymentId, draft, options), signal);
  if (!reply.answered) {
    return settled(byRules, unansweredRemark(reply.reason), decidedByRules(reply.reason));
  }
  const { repository } = draft.context.folder;
  const proven = await provenChoices(repository, options, reply.value, ({ id }, why) =>
    logUnbelieved(ports, deploymentId, 'recon', `the choice ${id}: ${why}`),
  );
  const choices = surerChoices(open, proven);
  if (choices.length === 0) return settled(byRules, '; rules decided', decidedByRules());
  const { plan } = settled(planWith(open, choices));
  const decidedBy = {
    ...decidedByModel(reply, planConfidence(plan), choices.map(placeOf)),
    fields: choices.map(({ value }) => value.field),
  };
  return { plan, remark: `; a model decided ${choices.map(summary).join(', ')}`, decidedBy };
}

async function questionOn(
  deploymentId: string,
  { context, description }: PlanDraft,
  options: readonly [Option, ...Option[]],
) {
  const excerpts = await excerptsOf(context);
  return planQuestion({ deploymentId, context, description, options, excerpts });
}

/** @throws {HiveMindError} why there is no plan */
function settled(outcome: ReturnType<typeof planOf>, remark = '', decidedBy: JsonObject = {}): DecidedPlan {
  if ('refusal' in outcome) throw outcome.refusal;
  return { plan: outcome.plan, remark, decidedBy };
}

const placeOf = ({ evidence: { file, line } }: ProvenChoice): string => `${file}:${line}`;

const summary = (choice: ProvenChoice): string =>
  `${choice.value.field} (${choice.confidence.toFixed(2)}, ${placeOf(choice)})`;
