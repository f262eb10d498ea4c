import { recon } from '../../../lambdas/recon/agent.ts';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import type { HiveMindError } from '../../../src/domain/errors.ts';
import type { LogLine } from '../../../src/domain/log-line.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { LanguageModel } from '../../../src/ports/language-model.ts';
import { analysedOutput } from '../../../src/stages/outputs.ts';
import { findOutput } from '../../../src/stages/stage-context.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { memoryTree } from '../../fixtures/memory-tree.ts';
import { stillClock } from '../../fixtures/still-clock.ts';
import type { AttackedGateway } from './attacked-gateway.ts';

export type Files = Readonly<Record<string, string | object>>;
const SOURCE = { repository: 'r', commit: 'c', tree: 't', subject: 's', warnings: [] };
const call = { patienceSeconds: 0, signal: new AbortController().signal };

/** Recon analyses a repository. */
export async function analysed(
  files: Files,
  { database }: Pick<AttackedGateway, 'database'>,
  model: Pick<LanguageModel, 'ask' | 'isConfigured'>,
  description?: string,
) {
  const clock = stillClock();
  const store = localDeploymentStore({ database, clock });
  const tree = memoryTree(files);
  const logged: LogLine[] = [];
  const execution = anExecution();
  await store.createDeployment(aDeployment());
  await store.createExecution({
    ...execution,
    settings: { ...execution.settings, ...(description !== undefined && { description }) },
  });
  const agent = recon({
    store,
    clock,
    model,
    sources: { resolve: async () => SOURCE, open: async () => tree },
    telemetry: { log: (_, line) => void logged.push(line) },
  });
  const answer = await agent({ executionId: execution.id }, call).catch(
    ({ code, message }: HiveMindError) => ({
      refused: `${code}: ${message}`,
    }),
  );
  const output = await findOutput(store, execution.id, 'analyse', analysedOutput);
  const events = await store.listEvents({ deploymentId: execution.deploymentId });
  return { plan: output?.plan, answer, events, logged, reads: tree.reads };
}

/** The values of a plan, without how they were found. */
export const valuesOf = (plan: Plan | undefined) =>
  plan &&
  Object.fromEntries(
    Object.entries(plan).map(([field, fact]) => [field, typeof fact === 'object' ? fact.value : fact]),
  );
