import { type OpsPorts, ops } from '../../../../lambdas/ops/agent.ts';
import { noModel } from '../../../../src/adapters/anywhere/language-model.ts';
import { localCosts } from '../../../../src/adapters/local/costs.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { LogLine } from '../../../../src/domain/log-line.ts';
import type { DeploymentMetrics } from '../../../../src/ports/telemetry.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { finishStage } from '../../../fixtures/finished-stage.ts';
import { scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';

const call = { patienceSeconds: 0, signal: new AbortController().signal };

export const metrics = (change: Partial<DeploymentMetrics> = {}): DeploymentMetrics => ({
  windowSeconds: 300,
  requests: 200,
  responses: { '2xx': 199, '3xx': 0, '4xx': 0, '5xx': 1 },
  latencyMilliseconds: { p50: 12, p90: 30, p99: 90 },
  openConnections: 2,
  instances: [{ id: 'i-1', state: 'running', cpuPercent: 3, memoryBytes: 1_000_000, restarts: 0 }],
  ...change,
});

export const line = (text: string, change: Partial<LogLine> = {}): LogLine => ({
  time: '2026-01-01T00:00:01.000Z',
  source: 'instance',
  name: 'i-1',
  text,
  ...change,
});
export const POOL = 'WARN pool: 19 of 20 connections are in use';

interface Watched {
  readonly model?: OpsPorts['model'];
  readonly lines?: readonly LogLine[];
  readonly measured?: DeploymentMetrics;
  readonly database?: ReturnType<typeof openStateDatabase>;
}

/** Ops observes a release and writes its report. */
export async function watched({
  model = noModel,
  lines = [line(POOL)],
  measured = metrics(),
  database = openStateDatabase(':memory:'),
}: Watched) {
  const clock = stillClock();
  const store = localDeploymentStore({ database, clock });
  const logged: string[] = [];
  const numbers = { now: async () => measured };
  const ports: OpsPorts = {
    store,
    clock,
    model,
    costs: localCosts,
    stacks: { list: async () => [] },
    telemetry: {
      log: (_, { text }) => void (text.startsWith('observe: ') || logged.push(text)),
      read: async () => lines,
      metrics: () => numbers.now(),
    },
  };
  const execution = anExecution();
  await store.createDeployment(aDeployment({ liveRelease: 1, status: 'ACTIVE' }));
  await store.createExecution(execution);
  await finishStage(store, execution, 'release', {
    url: null,
    stack: 'shop-abc234-compute-blue',
    color: 'blue',
    release: 1,
    instances: ['i-1'],
  });
  const act = (action: string) => ops(ports)({ executionId: execution.id, action }, call);
  const report = async () => {
    await act('report');
    return (await store.findReport(execution.deploymentId)) ?? '';
  };
  await act('observe');
  const runs = await store.listStageRuns(execution.id);
  return {
    act,
    report,
    numbers,
    logged,
    observed: runs.find(({ stage }) => stage === 'observe'),
    events: (await store.listEvents({ deploymentId: execution.deploymentId })).filter(
      ({ type }) => type === 'decision' || type === 'warning',
    ),
    text: await report(),
  };
}

export const said = (change: Record<string, unknown> = {}) => ({
  what: 'saturation',
  severity: 'warn',
  explanation: 'The pool of connections is nearly used up.',
  confidence: 0.7,
  quote: '19 of 20 connections',
  ...change,
});
export const saying = (...anomalies: object[]) => scriptedLanguageModel({ anomaly: { anomalies } });
export const anomaliesOf = ({ observed }: Awaited<ReturnType<typeof watched>>) =>
  observed?.output?.['anomalies'] ?? [];
export const sectionOf = (report: string) =>
  /## What stands out\n\n([\s\S]*?)\n\n## /.exec(report)?.[1] ?? '';
