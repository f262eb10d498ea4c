import { describe, expect, test } from '@jest/globals';
import { localTelemetry } from '../../src/adapters/local/telemetry.ts';
import { LogFiles } from '../../src/adapters/local/telemetry-logs/log-files.ts';
import { localStacks } from '../fixtures/local-stacks.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { telemetryContract } from './telemetry.contract.ts';

const RELEASE = { color: 'blue', release: '1', commit: '0123abc', root: '.', runtime: 'node' };

async function openLocal() {
  const local = await localStacks();
  return { ...local, telemetry: localTelemetry({ ...local, logs: new LogFiles(local.home) }) };
}

describe('local telemetry', () => {
  telemetryContract(async () => (await openLocal()).telemetry);

  test('measures the load balancer and the processes', async () => {
    const { telemetry, stacks, supervisor } = await openLocal();
    const patience = { patienceSeconds: 10 };
    const parameters = { listenerPort: '', healthCheckPath: '/', deregistrationDelaySeconds: '1' };
    const balancer = await stacks.deploy(
      {
        name: 'shop-1-load-balancer',
        blueprint: 'load-balancer',
        deploymentId: 'shop-1',
        parameters,
        tags: {},
        token: 'a',
      },
      patience,
    );
    const processes = [
      { name: 'worker', command: { kind: 'argv', argv: ['node', 'wait.js'] }, exposed: false, count: 1 },
    ];
    await stacks.deploy(
      {
        name: 'shop-1-compute-blue',
        blueprint: 'compute',
        deploymentId: 'shop-1',
        parameters: { ...RELEASE, artifact: 'files', processes: JSON.stringify(processes) },
        tags: {},
        token: 'b',
      },
      patience,
    );
    const [instance] = await supervisor.list('shop-1-compute-blue');
    await supervisor.start([instance?.id ?? '']);
    await (await fetch(balancer.outputs['url'] ?? '')).text();
    const metrics = await waitFor(async () => {
      const seen = await telemetry.metrics('shop-1');
      return seen.requests > 0 && (seen.instances[0]?.memoryBytes ?? 0) > 0 ? seen : undefined;
    });
    expect(metrics.responses['5xx']).toBe(1);
    expect(metrics.instances).toMatchObject([{ id: instance?.id, state: 'running', restarts: 0 }]);
  });
});
