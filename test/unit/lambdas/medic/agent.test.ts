import { beforeEach, describe, expect, test } from '@jest/globals';
import { medic } from '../../../../lambdas/medic/agent.ts';
import type { MedicPorts } from '../../../../lambdas/medic/diagnosis.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { FailureDetail } from '../../../../src/domain/failure.ts';
import type { LogLine } from '../../../../src/domain/log-line.ts';
import type { StageName } from '../../../../src/domain/stage.ts';
import type { DeploymentStore } from '../../../../src/ports/deployment-store.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';

const clock = stillClock('2026-01-01T00:01:00.000Z');
const call = { patienceSeconds: 0, signal: new AbortController().signal };
const event = { executionId: 'deploy-1', error: { Error: 'StartFailed', Cause: '' } };
let store: DeploymentStore;
let logged: LogLine[];

beforeEach(async () => {
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  logged = [];
  await store.createDeployment(aDeployment());
});

const ports = (read?: MedicPorts['telemetry']['read']): MedicPorts => ({
  store,
  clock,
  telemetry: { log: (_, line) => void logged.push(line), ...(read && { read }) },
});

async function failedIn(stage: StageName, failure: FailureDetail, cancelRequested = false) {
  await store.createExecution(anExecution({ cancelRequested }));
  await store.putStageRun({
    executionId: 'deploy-1',
    stage,
    status: 'FAILED',
    reused: false,
    digest: null,
    startedAt: clock.now(),
    endedAt: clock.now(),
    output: null,
    summary: null,
    failure,
  });
}

const startFailed: FailureDetail = {
  code: 'StartFailed',
  message: 'the process exited with code 1',
  hint: 'look at its log',
  logTail: ['Error: listen EADDRINUSE: address already in use :::3000'],
};
const instanceLine = (time: string, text: string): LogLine => ({
  time,
  text,
  source: 'instance',
  name: 'shop-1',
});

describe('the Medic', () => {
  test('puts the cause, its proof and the fix on record, with the failure and in the history', async () => {
    await failedIn('release', startFailed);
    await medic(ports())(event, call);
    const diagnosis = {
      cause: 'port_in_use',
      action: 'change_port',
      risk: 'safe',
      parameters: { port: 3000 },
      evidence: [{ line: 2, text: startFailed.logTail[0] }],
    };
    expect((await store.findExecution('deploy-1'))?.failure).toMatchObject({ ...startFailed, diagnosis });
    expect((await store.findDeployment('shop'))?.failure).toMatchObject({ diagnosis });
    const events = await store.listEvents({ deploymentId: 'shop-abc234' });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'decision',
        actor: 'medic',
        data: expect.objectContaining({ cause: 'port_in_use', action: 'change_port', risk: 'safe' }),
      }),
    );
  });

  test('reads the log of the instance, from the execution on', async () => {
    await failedIn('release', { ...startFailed, logTail: [] });
    const read = async () => [
      instanceLine('2025-12-31T23:00:00.000Z', 'FATAL: password authentication failed for user "old"'),
      instanceLine('2026-01-01T00:00:30.000Z', "Error: Cannot find module '/app/dist/server.js'\n"),
    ];
    await medic(ports(read))(event, call);
    expect((await store.findExecution('deploy-1'))?.failure?.diagnosis?.cause).toBe('start_entry_missing');
  });

  test('diagnoses without a log that cannot be read, and says so', async () => {
    await failedIn('release', startFailed);
    const read = () => Promise.reject(new Error('no such log group'));
    await medic(ports(read))(event, call);
    expect((await store.findExecution('deploy-1'))?.failure?.diagnosis?.cause).toBe('port_in_use');
    expect(logged.map(({ text }) => text).join()).toContain('no such log group');
  });

  test('says that it does not know', async () => {
    await failedIn('build', { code: 'BuildFailed', message: 'it failed', hint: 'look', logTail: ['hm'] });
    await medic(ports())(event, call);
    expect((await store.findExecution('deploy-1'))?.failure?.diagnosis).toMatchObject({
      cause: 'unknown',
      action: 'escalate',
      risk: 'human-only',
    });
  });

  test('diagnoses nothing that the operator cancelled', async () => {
    await failedIn('build', startFailed, true);
    await medic(ports())(event, call);
    expect((await store.findExecution('deploy-1'))?.failure?.diagnosis).toBeUndefined();
  });
});
