import { medic } from '../../../../lambdas/medic/agent.ts';
import type { MedicPorts } from '../../../../lambdas/medic/ports.ts';
import { noModel } from '../../../../src/adapters/anywhere/language-model.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { FailureDetail } from '../../../../src/domain/failure.ts';
import type { Fix } from '../../../../src/domain/fix.ts';
import type { LogLine } from '../../../../src/domain/log-line.ts';
import type { StageName, StageStatus } from '../../../../src/domain/stage.ts';
import type { TaskAnswer } from '../../../../src/stages/stage-context.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';

const EXECUTION = 'deploy-1';
const call = { patienceSeconds: 0, signal: new AbortController().signal };

/** A deploy that fails as it is told to, and the Medic who is called for it. */
export async function failingDeploy(
  overrides: Parameters<typeof anExecution>[0] = {},
  {
    read,
    model = noModel,
    database = openStateDatabase(':memory:'),
  }: {
    read?: NonNullable<MedicPorts['telemetry']['read']>;
    model?: MedicPorts['model'];
    database?: ReturnType<typeof openStateDatabase>;
  } = {},
) {
  const clock = stillClock('2026-01-01T00:01:00.000Z');
  const store = localDeploymentStore({ database, clock });
  const logged: LogLine[] = [];
  const told: string[] = [];
  const answers: { taskToken: string; approved: boolean }[] = [];
  const ports: MedicPorts = {
    store,
    clock,
    telemetry: { log: (_, line) => void logged.push(line), ...(read && { read }) },
    sources: { open: async () => Promise.reject(new Error('no repository here')) },
    answers: { answer: async (_, taskToken, { approved }) => void answers.push({ taskToken, approved }) },
    model,
    notifications: { tell: async ({ text }) => void told.push(text) },
  };
  await store.createDeployment(aDeployment());
  await store.createExecution(anExecution(overrides));
  const act = (action: Record<string, unknown>): Promise<TaskAnswer> =>
    medic(ports)({ executionId: EXECUTION, ...action }, call);
  const ended = async (stage: StageName, status: StageStatus, failure: FailureDetail | null) =>
    store.putStageRun({
      executionId: EXECUTION,
      stage,
      status,
      reused: false,
      digest: null,
      startedAt: clock.now(),
      endedAt: status === 'RUNNING' ? null : clock.now(),
      output: null,
      summary: null,
      failure,
    });
  return {
    store,
    clock,
    logged,
    told,
    answers,
    fails: async (stage: StageName, failure: FailureDetail) => {
      await ended(stage, 'FAILED', failure);
      return await act({ action: 'diagnose', error: { Error: failure.code, Cause: '' } });
    },
    begins: (stage: StageName) => ended(stage, 'RUNNING', null),
    diagnose: (error: { Error: string; Cause: string }) => act({ action: 'diagnose', error }),
    passes: (stage: StageName) => ended(stage, 'SUCCEEDED', null),
    ask: (taskToken = 'token-1') => act({ action: 'ask', taskToken }),
    apply: async () => {
      clock.advance(1);
      return await act({ action: 'apply' });
    },
    giveUp: () => act({ action: 'give-up' }),
    fixes: () => store.listFixes(EXECUTION),
    answered: (fix: Fix, approved: boolean) =>
      store.changeFix(EXECUTION, fix.id, 'PROPOSED', {
        status: approved ? 'APPROVED' : 'REJECTED',
        answer: { by: 'ann@desk', at: clock.now(), approved },
      }),
    execution: async () => await store.findExecution(EXECUTION),
    deployment: async () => await store.findDeployment('shop'),
    history: async () => await store.listEvents({ deploymentId: 'shop-abc234' }),
  };
}
export type FailingDeploy = Awaited<ReturnType<typeof failingDeploy>>;

const failure = (code: FailureDetail['code'], line: string): FailureDetail => ({
  code,
  message: 'it failed',
  hint: 'look at its log',
  logTail: [line],
});

/** Safe and sure: it is tried again. */
export const networkFailure = failure(
  'InstallFailed',
  'npm ERR! network request to https://registry.example/left-pad failed, reason: read ECONNRESET',
);
/** Only the operator knows the value. */
export const missingVariable = failure(
  'StartFailed',
  'Error: Missing required environment variable: STRIPE_KEY',
);
export const mystery = failure('BuildFailed', 'hm, it hums');
