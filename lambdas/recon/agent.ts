import { isSwap, type ReleaseExecution } from '../../src/domain/execution.ts';
import { givenVariables } from '../../src/domain/given-variables.ts';
import { isExposed, type Plan, planConfidence } from '../../src/domain/plan.ts';
import type { LanguageModel } from '../../src/ports/language-model.ts';
import type { ResolvedSource, SourceRepository } from '../../src/ports/source-repository.ts';
import { type Analysed, analysedOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type Agent,
  findOutput,
  openReleaseExecution,
  type StagePorts,
} from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { SURE_ENOUGH } from './belief.ts';
import { type DecidedPlan, filledPlan } from './model/fill-plan.ts';
import { readDraft } from './plan-draft.ts';
import { reconEvent } from './schema.ts';

export interface ReconPorts extends StagePorts {
  readonly sources: Pick<SourceRepository, 'resolve' | 'open'>;
  /** Asked about what rules leave open. */
  readonly model: Pick<LanguageModel, 'ask' | 'isConfigured'>;
}

/** Changes when the same repository would give another plan. */
const DETECTORS_VERSION = 2;

/** Solutions architect: fixes the commit, reads the repository and writes the plan. */
export const recon =
  (ports: ReconPorts): Agent =>
  async (event, call) => {
    const { executionId } = parseEvent(reconEvent, event);
    const execution = await openReleaseExecution(ports.store, executionId);
    const { settings } = execution;
    // An execution that was interrupted goes on with the commit it began with, whatever was committed since.
    const begun = await findOutput(ports.store, executionId, 'analyse', analysedOutput);
    let resolving: Promise<ResolvedSource> | undefined;
    const resolve = () => {
      const known = begun?.source ?? settings.published;
      resolving ??= known ? Promise.resolve(known) : ports.sources.resolve(settings.source, call.signal);
      return resolving;
    };
    const result = await runStage<Analysed>(ports, execution, call, {
      stage: 'analyse',
      inputs: async () => {
        const { commit, tree } = await resolve();
        const { description, plan } = settings;
        const environmentNames = [...givenVariables(settings)];
        // A plan that rules wrote alone is not the last word once there is a model to ask.
        const asks = ports.model.isConfigured ? { asksModel: true } : {};
        return { commit, tree, description, environmentNames, plan, detectors: DETECTORS_VERSION, ...asks };
      },
      output: analysedOutput,
      stillTrue: async () => true,
      run: async () => {
        const source = await resolve();
        const wishes = { ...settings, environmentNames: givenVariables(settings) };
        const draft = await readDraft(await ports.sources.open(source), wishes);
        const decided = await filledPlan(ports, execution.deploymentId, draft, call.signal);
        const { plan } = decided;
        const output = analysedOutput.parse({ source, plan, confidence: planConfidence(plan) });
        await recordDecision(ports, execution, decided);
        return { finished: true, output, summary: describePlan(plan) };
      },
    });
    if (!result.finished) return { finished: false };
    const { plan } = result.output;
    const { warnings } = await resolve();
    await recordWarnings(ports, execution, [...warnings, ...unsetVariables(plan, givenVariables(settings))]);
    return {
      finished: true,
      whatIf: settings.whatIf,
      exposed: isExposed(plan),
      database: plan.database.value !== null,
      rolling: isSwap(execution) && execution.settings.swap.rolling,
    };
  };

const SURE_WITH_VALIDATION = 0.6;

/** The decision rule of requirement A12, on record with its reasons. */
async function recordDecision(
  ports: ReconPorts,
  execution: ReleaseExecution,
  { plan, remark, decidedBy }: DecidedPlan,
) {
  const confidence = planConfidence(plan);
  const doubtful = Object.entries(plan).flatMap(([field, fact]) =>
    typeof fact === 'object' && fact.confidence < SURE_ENOUGH
      ? [`${field} (${fact.confidence.toFixed(2)}: ${fact.evidence[0]?.note ?? 'no evidence'})`]
      : [],
  );
  const verdict =
    confidence >= SURE_ENOUGH
      ? 'sure enough to go on'
      : confidence >= SURE_WITH_VALIDATION
        ? 'going on; the verification decides'
        : 'unsure; check the plan with --what-if if the verification fails';
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId: execution.id,
    actor: 'recon',
    type: 'decision',
    message: `plan with confidence ${confidence.toFixed(2)}: ${verdict}${doubtful.length > 0 ? `; least sure of ${doubtful.join(', ')}` : ''}${remark}`,
    data: { ...decidedBy, confidence },
  });
}

async function recordWarnings(ports: ReconPorts, execution: ReleaseExecution, messages: readonly string[]) {
  for (const message of messages) {
    await ports.store.appendEvent({
      deploymentId: execution.deploymentId,
      executionId: execution.id,
      actor: 'recon',
      type: 'warning',
      message,
      data: {},
    });
  }
}

/** What the repository calls required and nobody has set: it may start all the same. */
function unsetVariables(plan: Plan, given: readonly string[]): readonly string[] {
  const unset = plan.environment.value
    .filter(({ name, required }) => required && !given.includes(name))
    .map(({ name }) => name);
  if (unset.length === 0) return [];
  return [
    `the repository calls ${unset.join(', ')} required, and no value is given: --env-file FILE sets them`,
  ];
}

function describePlan(plan: Plan): string {
  const parts = [
    plan.framework.value ?? plan.runtime.value,
    plan.packageManager.value,
    plan.database.value,
    plan.migrations.value && 'migrations',
    isExposed(plan) ? null : 'no port',
  ].filter((part) => part !== null);
  return `${parts.join(', ')}; confidence ${planConfidence(plan).toFixed(2)}`;
}
