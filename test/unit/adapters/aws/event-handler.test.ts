import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { conductor } from '../../../../lambdas/conductor/conductor.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import { conductedAccount, endedEvent, pushEvent } from '../../../fixtures/conducted-account.ts';

/** In development, lines go to the console of the process. */
Object.assign(process.env, {
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_METRICS_DISABLED: 'true',
  POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
});
const { eventHandler } = await import('../../../../src/adapters/aws/lambda/event-handler.ts');

interface Line {
  readonly message: string;
  readonly deployment_id?: string;
  readonly code?: string;
  readonly text?: string;
}

let lines: Line[];

beforeEach(() => {
  lines = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    jest.spyOn(console, level).mockImplementation((text) => void lines.push(JSON.parse(String(text))));
  }
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** A conductor as a function, in an account where some deployments cannot be started. */
function conducting(refused: readonly string[] = []) {
  const account = conductedAccount();
  const start = async (workflow: string, executionId: string, deploymentId: string) => {
    if (refused.includes(deploymentId)) {
      throw new HiveMindError('AwsUnavailable', 'the engine refuses', { hint: 'wait' });
    }
    await account.ports.runner.start(workflow, executionId);
  };
  const ports = { ...account.ports, runner: { start } };
  return { account, handler: eventHandler((forDeployment) => conductor(ports, {}, forDeployment)) };
}

const logged = () => lines.map(({ message, deployment_id }) => [message, deployment_id]);

describe('every line of the conductor names the deployment', () => {
  test('that an order from the console has made', async () => {
    const { handler } = conducting();
    const order = { source: 'https://github.com/owner/shop', name: 'shop' };
    const { deploymentId } = await handler({ action: 'accept', executionName: 'run-1', order });
    expect(deploymentId).toEqual(expect.any(String));
    expect(logged()).toEqual([
      ['deployment seen to', deploymentId],
      ['event handled', deploymentId],
    ]);
  });

  test('whose execution has ended', async () => {
    const { account, handler } = conducting();
    const deploymentId = await account.deployed();
    await handler(endedEvent(await account.deploy(), 'FAILED'));
    expect(logged()).toEqual([
      ['deployment seen to', deploymentId],
      ['event handled', deploymentId],
    ]);
  });

  test('that a push is for, each of several its own', async () => {
    const { account, handler } = conducting();
    const first = await account.deployed();
    const second = await account.deployed({ name: 'shop-two' });
    await handler(pushEvent());
    expect(logged().toSorted()).toEqual(
      [
        ['deployment seen to', first],
        ['deployment seen to', second],
        ['event handled', undefined],
      ].toSorted(),
    );
  });

  test('that a push could not start, once', async () => {
    const refused: string[] = [];
    const { account, handler } = conducting(refused);
    const first = await account.deployed();
    const second = await account.deployed({ name: 'shop-two' });
    refused.push(first);
    await expect(handler(pushEvent())).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(lines.find(({ message }) => message === 'event failed')).toMatchObject({
      code: 'AwsUnavailable',
      text: 'the engine refuses',
    });
    expect(logged().toSorted()).toEqual(
      [
        ['deployment seen to', second],
        ['event failed', first],
      ].toSorted(),
    );
  });

  test('and the lines of the next event do not', async () => {
    const { account, handler } = conducting();
    await account.deployed();
    await handler(pushEvent());
    lines.splice(0);
    await expect(handler({ action: 'accept', executionName: 'run-x', order: {} })).rejects.toMatchObject({
      name: 'InvalidInput',
    });
    await handler({ action: 'tend' });
    expect(logged()).toEqual([
      ['event failed', undefined],
      ['event handled', undefined],
    ]);
  });
});
