import { beforeEach, describe, expect, test } from '@jest/globals';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import type { Fix } from '../../../src/domain/fix.ts';
import { cancelExecution } from '../../../src/operations/cancel-execution.ts';
import type { RunningPorts } from '../../../src/operations/ports.ts';
import { anExecution } from '../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../fixtures/proposed-fix.ts';
import { stillClock } from '../../fixtures/still-clock.ts';

let ports: RunningPorts;
let said: unknown[];

beforeEach(async () => {
  const clock = stillClock();
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  said = [];
  ports = {
    store,
    clock,
    runner: {
      start: async () => undefined,
      cancel: async (id) => void said.push(['cancel', id]),
      answer: async (...given) => void said.push(['answer', ...given]),
    },
  };
  await store.createExecution(anExecution());
});

const cancel = () => cancelExecution(ports, 'deploy-1', 'ada@localhost');
const CANCELLED = ['cancel', 'deploy-1'];
const DECLINED = ['answer', 'deploy-1', 'token-1', { approved: false }];

async function afterCancel(change: Partial<Fix>): Promise<Fix['status'] | undefined> {
  await ports.store.putFix(aProposedFix(change));
  await cancel();
  return (await ports.store.listFixes('deploy-1')).at(-1)?.status;
}

describe('cancelling an execution', () => {
  test('says so in the history and to the workflow', async () => {
    await cancel();
    expect(said).toEqual([CANCELLED]);
    expect(await ports.store.listEvents({ executionId: 'deploy-1' })).toMatchObject([
      { type: 'execution.cancel-requested', actor: 'ada@localhost' },
    ]);
  });

  test('closes the question that it waits with, and wakes it up', async () => {
    expect(await afterCancel({ taskToken: 'token-1' })).toBe('CANCELLED');
    expect(said).toEqual([CANCELLED, DECLINED]);
  });

  test('closes a question that is not put yet: whoever puts it finds it closed', async () => {
    expect(await afterCancel({ taskToken: null })).toBe('CANCELLED');
    expect(said).toEqual([CANCELLED]);
  });

  test('wakes it up the next time when that went wrong', async () => {
    await afterCancel({ taskToken: 'token-1' });
    said = [];
    await cancel();
    expect(said).toEqual([CANCELLED, DECLINED]);
  });

  test.each(['APPROVED', 'REJECTED', 'APPLIED', 'VALIDATED'] as const)(
    'leaves alone a fix that is %s',
    async (status) => {
      expect(await afterCancel({ status, taskToken: 'token-1' })).toBe(status);
      expect(said).toEqual([CANCELLED]);
    },
  );

  test('does nothing when it has ended', async () => {
    await ports.store.updateExecution('deploy-1', { status: 'FAILED' });
    await afterCancel({ taskToken: 'token-1' });
    expect(said).toEqual([]);
  });
});
