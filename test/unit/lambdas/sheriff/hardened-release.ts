import { sheriff } from '../../../../lambdas/sheriff/agent.ts';
import type { SheriffPorts } from '../../../../lambdas/sheriff/ports.ts';
import { noModel } from '../../../../src/adapters/anywhere/language-model.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { SecretFinding } from '../../../../src/ports/security-scanner.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { plan } from '../../../fixtures/cli/documents.ts';
import { finishStage } from '../../../fixtures/finished-stage.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';

const call = { patienceSeconds: 0, signal: new AbortController().signal };
const FOUND = { file: 'config/prod.env', line: 3, rule: 'aws access key' };
export const QUOTE = 'looks like a secret, in config/prod.env:3';
export const ADVISORY = 'the page keeps a script';

interface Audited {
  readonly model?: SheriffPorts['model'];
  readonly secrets?: readonly SecretFinding[];
  /** Null: the dependencies are well. */
  readonly advisory?: string | null;
  readonly database?: ReturnType<typeof openStateDatabase>;
}

const holeIn = (title: string) =>
  ({ package: 'left-pad', severity: 'low', cvss: 3, title, fixedIn: null }) as const;

/** The Sheriff hardens a release whose repository has a secret and a dependency with an advisory. */
export async function hardened({
  model = noModel,
  secrets = [FOUND],
  advisory = ADVISORY,
  database = openStateDatabase(':memory:'),
}: Audited) {
  const clock = stillClock();
  const store = localDeploymentStore({ database, clock });
  const logged: string[] = [];
  const ports: SheriffPorts = {
    store,
    clock,
    model,
    telemetry: { log: (_, line) => void logged.push(line.text) },
    scanner: {
      secrets: async () => secrets,
      dependencies: async () => ({ audited: true, findings: advisory === null ? [] : [holeIn(advisory)] }),
    },
    sources: { open: async () => ({ entries: [], read: async () => Promise.reject(new Error('no files')) }) },
    builder: { isolation: async () => ({ sandboxed: true, how: 'bubblewrap' }) },
    stacks: { list: async () => [] },
    runtime: { observe: async () => undefined },
    infrastructure: { observe: async () => undefined },
  };
  const execution = anExecution();
  await store.createDeployment(aDeployment());
  await store.createExecution(execution);
  const stack = 'shop-abc234-compute-blue';
  const source = { repository: 'r', commit: 'c', tree: 't', subject: 's', warnings: [] };
  const outputs = {
    analyse: { source, plan: JSON.parse(JSON.stringify(plan())), confidence: 1 },
    compute: { stack, color: 'blue', release: 1 },
    release: { url: null, stack, color: 'blue', release: 1, instances: ['i-1'] },
  };
  for (const stage of ['analyse', 'compute', 'release'] as const) {
    await finishStage(store, execution, stage, outputs[stage]);
  }
  const harden = async () => {
    await sheriff(ports)({ executionId: execution.id, action: 'harden' }, call);
    return await store.findFindings(execution.deploymentId);
  };
  const findings = await harden();
  const events = await store.listEvents({ deploymentId: execution.deploymentId });
  return { findings, events: events.filter(({ actor }) => actor === 'sheriff'), logged, harden };
}
