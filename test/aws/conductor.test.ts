import { describe, expect, test } from '@jest/globals';
import { environmentNameOf } from '../../src/adapters/aws/control-plane.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import { commit, endedEvent, pushEvent } from '../fixtures/conducted-account.ts';
import { become } from './aws-session.ts';
import { operatedAccount } from './operated-account.ts';

/** One account for all, because the function looks at its environment once, as in Lambda. */
const operated = await operatedAccount();
become(operated.account.environment);
process.env['POWERTOOLS_DEV'] = 'true';
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'HiveMind';
process.env['HIVEMIND_NETWORK'] = 'dedicated';
for (const [key, value] of Object.entries(operated.controlPlane)) process.env[environmentNameOf(key)] = value;
const { handler } = (await import('../../lambdas/conductor/handler.ts')) as {
  handler: (event: unknown) => Promise<TaskAnswer>;
};

const accept = (name: string, executionName: string) =>
  handler({
    action: 'accept',
    executionName,
    order: { source: `https://github.com/owner/${name}`, name, stage: 'stage-1' },
  });

describe('the function of the conductor', () => {
  test('takes an order from the console, once', async () => {
    const answers = await Promise.all([accept('shop', 'run-1'), accept('shop', 'run-1')]);
    expect(answers[0]).toEqual(answers[1]);
    expect(await operated.store.findDeployment('shop')).toMatchObject({
      target: 'aws',
      stage: 'stage-1',
      id: answers[0]?.['deploymentId'],
    });
    expect(await operated.store.findExecution('run-1')).toMatchObject({
      status: 'RUNNING',
      settings: { network: 'dedicated' },
    });
  });

  test('refuses an order by name, which is what the workflow catches', async () => {
    await expect(handler({ action: 'accept', executionName: 'run-x', order: {} })).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });

  test('queues a push behind a deploy, and starts it in Step Functions at its end, once', async () => {
    await accept('blog', 'run-2');
    const push = pushEvent({ detail: { repository: 'https://github.com/owner/blog' } });
    const before = (await operated.executions()).length;
    expect(await handler(push)).toEqual({ finished: true, deployments: 1 });
    await handler(push);
    expect(await operated.executions()).toHaveLength(before);
    const ended = endedEvent('run-2', 'FAILED', { error: 'BuildFailed', cause: 'npm run build' });
    expect(await handler(ended)).toMatchObject({ executionId: 'run-2', push: 'started' });
    await handler(ended);
    await handler(push);
    const after = await operated.executions();
    expect(after).toHaveLength(before + 1);
    const started = after.find(({ name }) => name.startsWith('push-'));
    expect(await operated.store.findExecution(started?.name ?? '')).toMatchObject({
      actor: 'octocat@github.com',
      status: 'RUNNING',
    });
    const deployment = await operated.store.findDeployment('blog');
    expect(deployment).toMatchObject({ failure: { code: 'BuildFailed' } });
    const decisions = (await operated.store.listEvents({ deploymentId: deployment?.id ?? '' }))
      .filter(({ type }) => type === 'decision')
      .map(({ data }) => [data['decision'], (data['push'] as { commit: string }).commit]);
    expect(decisions[0]).toEqual(['queued', commit('a')]);
  });

  test('retires a colour past its time when the schedule calls, once', async () => {
    const { deploymentId } = await accept('forgotten', 'run-forgotten');
    const id = String(deploymentId);
    await handler(endedEvent('run-forgotten', 'SUCCEEDED'));
    await operated.store.updateDeployment(id, {
      status: 'ACTIVE',
      liveColor: 'blue',
      liveRelease: 2,
      warm: { color: 'green', release: 1, until: '2020-01-01T00:00:00.000Z' },
    });
    expect(await handler({ action: 'tend' })).toMatchObject({ finished: true, started: 1 });
    expect(await handler({ action: 'tend' })).toMatchObject({ started: 0 });
    const executions = await operated.store.listExecutions({ deploymentId: id, status: 'RUNNING' });
    expect(executions).toMatchObject([{ workflow: 'retire', settings: { color: 'green' } }]);
  });
});
