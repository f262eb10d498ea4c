import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { FUNCTIONS } from '../../../../lib/control-plane/functions.ts';
import type { AgentFunction } from '../../../../src/adapters/aws/lambda/agent-handler.ts';
import { WORKFLOWS } from '../../../../src/domain/execution.ts';
import { ANSWER_SECONDS, MAX_FIXES } from '../../../../src/domain/fix.ts';
import { AGENTS } from '../../../../src/domain/stage.ts';
import { conductedAccount } from '../../../fixtures/conducted-account.ts';

const silent = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
Object.assign(process.env, silent, { POWERTOOLS_METRICS_NAMESPACE: 'HiveMind' });
const { agentHandler, LATEST_START_SECONDS } = await import(
  '../../../../src/adapters/aws/lambda/agent-handler.ts'
);

afterEach(() => {
  delete process.env['POWERTOOLS_SERVICE_NAME'];
});

/** The handler of an agent that counts its calls, on an execution that began so long ago, and again with a fix after `resumedAfter`. */
async function handlerAfter(seconds: number, resumedAfter?: number) {
  const account = conductedAccount();
  await account.deployed();
  const executionId = await account.deploy();
  const { startedAt } = (await account.store.findExecution(executionId)) ?? { startedAt: '' };
  const after = (passed: number) => new Date(Date.parse(startedAt) + passed * 1000).toISOString();
  const now = after(seconds);
  if (resumedAfter !== undefined) {
    await account.store.updateExecution(executionId, { resumedAt: after(resumedAfter) });
  }
  let calls = 0;
  const agent = async () => {
    calls += 1;
    return { finished: true };
  };
  const telemetry = { flush: async () => undefined };
  const handler: AgentFunction = agentHandler(agent, {
    store: account.store,
    clock: { now: () => now },
    telemetry,
  });
  const call = () => handler({ executionId }, { getRemainingTimeInMillis: () => 90_000 });
  return { call, calls: () => calls };
}

describe('an attempt that has worked for nearly as long as it may', () => {
  test.each(AGENTS)('gives %s its task only when it comes after a failure', async (agent) => {
    process.env['POWERTOOLS_SERVICE_NAME'] = agent;
    const { call, calls } = await handlerAfter(LATEST_START_SECONDS);
    if (agent === 'medic' || agent === 'janitor') {
      expect(await call()).toEqual({ finished: true });
      return;
    }
    await expect(call()).rejects.toMatchObject({ name: 'StageTimedOut', hint: expect.any(String) });
    expect(calls()).toBe(0);
  });

  test('is given its tasks until then', async () => {
    process.env['POWERTOOLS_SERVICE_NAME'] = 'provisioner';
    expect(await (await handlerAfter(LATEST_START_SECONDS - 1)).call()).toEqual({ finished: true });
  });

  test('counts from the fix with which it began again', async () => {
    process.env['POWERTOOLS_SERVICE_NAME'] = 'provisioner';
    const resumed = (seconds: number) => handlerAfter(90_000 + seconds, 90_000);
    expect(await (await resumed(LATEST_START_SECONDS - 1)).call()).toEqual({ finished: true });
    await expect((await resumed(LATEST_START_SECONDS)).call()).rejects.toMatchObject({
      name: 'StageTimedOut',
    });
  });
});

test('a workflow has time for every attempt, for a day of waiting before each fix, and for its clean-up', () => {
  const slowest = Math.max(...AGENTS.map((agent) => FUNCTIONS[agent].timeoutSeconds));
  const attempt = LATEST_START_SECONDS + slowest + 600;
  for (const workflow of WORKFLOWS) {
    const file = new URL(`../../../../state-machines/${workflow}.asl.json`, import.meta.url);
    const { TimeoutSeconds } = JSON.parse(readFileSync(file, 'utf8')) as { TimeoutSeconds: number };
    expect(TimeoutSeconds).toBeGreaterThanOrEqual((MAX_FIXES + 1) * attempt + MAX_FIXES * ANSWER_SECONDS);
  }
});
