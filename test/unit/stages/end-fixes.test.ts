import { beforeEach, expect, test } from '@jest/globals';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import type { DeploymentStatus } from '../../../src/domain/deployment.ts';
import type { Fix } from '../../../src/domain/fix.ts';
import type { PlanSettings } from '../../../src/domain/plan-settings.ts';
import type { DeploymentStore } from '../../../src/ports/deployment-store.ts';
import { endFixes } from '../../../src/stages/end-fixes.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../fixtures/proposed-fix.ts';
import { stillClock } from '../../fixtures/still-clock.ts';

let store: DeploymentStore;
beforeEach(async () => {
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock: stillClock() });
});

async function ended(
  status: DeploymentStatus,
  fixes: readonly Fix[],
  plan?: PlanSettings,
  succeeded = false,
) {
  await store.createDeployment(aDeployment({ status }));
  const { settings } = anExecution();
  const execution = anExecution({ settings: { ...settings, plan } });
  await store.createExecution(execution);
  for (const fix of fixes) await store.putFix(fix);
  for (const _ of [1, 2]) await endFixes({ store }, execution, succeeded);
  const kept = await store.findExecution(execution.id);
  return {
    deployment: (await store.findDeployment('shop'))?.status,
    fixes: (await store.listFixes(execution.id)).map((fix) => fix.status),
    plan: kept && 'plan' in kept.settings ? kept.settings.plan : undefined,
  };
}

test.each(['AWAITING_FIX', 'FIXING'] as const)(
  'a workflow that was stopped from outside leaves nobody waiting (%s)',
  async (status) => {
    const open = aProposedFix({ status: status === 'FIXING' ? 'APPROVED' : 'PROPOSED' });
    expect(await ended(status, [open])).toMatchObject({ deployment: 'FAILED', fixes: ['CANCELLED'] });
  },
);

test('a deployment that waits for nothing keeps its status', async () => {
  expect(await ended('ACTIVE', [])).toMatchObject({ deployment: 'ACTIVE' });
});

test('what was applied and has not helped is taken back, the newest first', async () => {
  const applied = (round: number, from: string, to: string) =>
    aProposedFix({
      round,
      status: 'APPLIED',
      change: { plan: { start: to } },
      before: { plan: { start: from } },
    });
  const fixes = [applied(1, '', 'node a.js'), applied(2, 'node a.js', 'node b.js')];
  expect(await ended('FIXING', fixes, { start: 'node b.js', build: 'none' })).toMatchObject({
    fixes: ['FAILED', 'FAILED'],
    plan: { build: 'none' },
  });
});

test('what has taken the place of a fix since stays', async () => {
  const fix = aProposedFix({
    status: 'APPLIED',
    change: { plan: { start: 'node a.js' } },
    before: { plan: { start: '' } },
  });
  expect(await ended('FIXING', [fix], { start: 'node mine.js' })).toMatchObject({
    plan: { start: 'node mine.js' },
  });
});

test('what was applied has helped when all went well', async () => {
  const fix = aProposedFix({ status: 'APPLIED', stage: null, change: { plan: { start: 'node a.js' } } });
  expect(await ended('ACTIVE', [fix], { start: 'node a.js' }, true)).toMatchObject({
    deployment: 'ACTIVE',
    fixes: ['VALIDATED'],
    plan: { start: 'node a.js' },
  });
});
