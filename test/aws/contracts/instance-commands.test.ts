import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from '@jest/globals';
import { localInstanceCommands } from '../../../src/adapters/local/instance-commands.ts';
import type { ParsedInstancePayload } from '../../../src/contracts/instance-program.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import type { Instance, InstanceCommands } from '../../../src/ports/instance-commands.ts';
import {
  type InstanceCommandsHarness,
  instanceCommandsContract,
  type SampleProgram,
} from '../../contracts/instance-commands.contract.ts';
import { program, releaseOf, specOf, supervision } from '../../fixtures/supervision.ts';
import { makeGroup } from '../auto-scaling-group.ts';
import { awsInstanceCommands, openFleet } from '../instance-fleet.ts';
import type { InstanceOrder } from '../instance-stand-in.ts';
import { throttled } from '../proxy.ts';

const FILES: Readonly<Record<SampleProgram, string>> = {
  serve: 'server.js',
  fail: 'fail.js',
  wait: 'wait.js',
};

/** The emulator has no machines: one supervised process on this one stands in for each instance. */
async function supervisedFleet(): Promise<InstanceCommandsHarness> {
  const { home, supervisor, lines } = await supervision();
  const machines = new Map<string, string>();
  const here = localInstanceCommands(supervisor, { home, artifacts: { find: async () => undefined } });
  const machineOf = async (id: string): Promise<Instance> => {
    const instance = (await here.list('stack')).find((candidate) => candidate.id === machines.get(id));
    if (!instance) throw new Error(`${id} has no machine`);
    return instance;
  };
  const fleet = await openFleet({
    answer: async (order) => obey(here, await machineOf(order.instanceId), order),
  });
  return {
    commands: awsInstanceCommands(fleet),
    makeStack: async (name, count) => {
      const exposed = name === 'serve';
      const made = await supervisor.createInstances('stack', specOf(FILES[name], { count, exposed }));
      const variant = exposed ? 'web-stage-1' : 'worker-stage-1';
      const ids = await makeGroup(fleet.autoScaling, { name: 'stack', count, variant });
      for (const [index, id] of ids.entries()) machines.set(id, made[index]?.id ?? '');
      return 'stack';
    },
    releaseOf: (name, change) => releaseOf(FILES[name], { exposed: name === 'serve', ...change }),
    command: (name) => program(FILES[name]),
    answers: async ({ id }) => {
      const { host, port } = await machineOf(id);
      const answer = await fetch(`http://${host}:${port}`).catch(() => undefined);
      return answer?.ok ?? false;
    },
    printed: () => lines.map(({ text }) => text),
  };
}

/** What the instance program does, done by the supervisor. */
async function obey(
  here: InstanceCommands,
  machine: Instance,
  { verb, payload }: InstanceOrder,
): Promise<object> {
  const { id } = machine;
  const status = async () => {
    const now = (await here.list('stack')).find((candidate) => candidate.id === id) ?? machine;
    const { process, exposed, state, restarts, lastExit, release } = now;
    return { processes: [{ name: process, exposed, state, restarts, lastExit }], release };
  };
  switch (verb) {
    case 'start':
    case 'stop':
      await here[verb]([id]);
      return status();
    case 'install': {
      const { release } = payload as ParsedInstancePayload<'install'>;
      return { finished: await here.install(id, release, { patienceSeconds: 20 }) };
    }
    case 'run':
      return runHere(here, id, payload as ParsedInstancePayload<'run'>);
    case 'logs':
      return { lines: await here.logTail(id, (payload as ParsedInstancePayload<'logs'>).lines) };
    case 'ports': {
      const listens = (await here.listeningPorts(id)).some((port) => port === machine.port);
      return { ports: listens ? [8080] : [] };
    }
    default:
      return status();
  }
}

async function runHere(
  here: InstanceCommands,
  id: string,
  { command, ...options }: ParsedInstancePayload<'run'>,
): Promise<object> {
  try {
    const result = await here.run(id, command, options);
    return result ? { finished: true, timedOut: false, ...result } : { finished: false };
  } catch (error) {
    if (!(error instanceof HiveMindError) || error.code !== 'StageTimedOut') throw error;
    return { finished: true, timedOut: true, exitCode: null, signal: 'SIGTERM', logTail: error.logTail };
  }
}

const running = (name: string, exposed: boolean) =>
  ({ name, exposed, state: 'running', restarts: 0, lastExit: null }) as const;

async function openCommands(...options: Parameters<typeof openFleet>) {
  const fleet = await openFleet(...options);
  return { ...fleet, commands: awsInstanceCommands(fleet) };
}

describe('instance commands on AWS', () => {
  instanceCommandsContract(supervisedFleet);

  test('asks all instances of a stack in one command', async () => {
    const { commands, autoScaling, proxy } = await openCommands({
      answer: () => ({ processes: [running('web', true), running('mailer', false)] }),
    });
    const ids = await makeGroup(autoScaling, { name: 'shop-1-compute-blue', count: 2 });
    const instances = await commands.list('shop-1-compute-blue');
    expect(instances).toMatchObject(
      ids.map((id) => ({ id, process: 'web', exposed: true, port: 8080, state: 'running' })),
    );
    expect(instances[0]).not.toHaveProperty('unconfirmed');
    expect(instances[0]?.host).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(proxy.calls.filter(({ action }) => action === 'SendCommand')).toHaveLength(1);
  });

  test('shows the worst process of an instance', async () => {
    const lastExit = { code: 3, signal: null, at: '2026-01-01T00:00:00.000Z' };
    const failed = { name: 'mailer', exposed: false, state: 'failed', restarts: 5, lastExit };
    const { commands, autoScaling } = await openCommands({
      answer: () => ({ processes: [running('web', true), failed] }),
    });
    const [id = ''] = await makeGroup(autoScaling, { name: 'shop-1-compute-blue', count: 1 });
    const seen = {
      id,
      process: 'mailer',
      state: 'failed',
      restarts: 5,
      lastExit,
      stack: 'shop-1-compute-blue',
    };
    expect(await commands.list('shop-1-compute-blue')).toMatchObject([
      { ...seen, exposed: true, port: 8080 },
    ]);
    expect(await commands.firstExit([id], { patienceSeconds: 0 })).toMatchObject(seen);
  });

  test('says that an instance out of reach was not heard', async () => {
    const silent = new Set<string>();
    const { commands, autoScaling } = await openCommands({
      answer: () => ({ processes: [running('web', true)] }),
      unmanaged: (id) => silent.has(id),
    });
    const [one = '', other = ''] = await makeGroup(autoScaling, { name: 'shop-1-compute-blue', count: 2 });
    silent.add(one);
    const instances = await commands.list('shop-1-compute-blue');
    expect(instances).toMatchObject([
      { id: one, state: 'running', exposed: true, unconfirmed: 'Systems Manager does not reach it' },
      { id: other, state: 'running' },
    ]);
    expect(instances[1]).not.toHaveProperty('unconfirmed');
    expect(await commands.logTail(one, 10)).toEqual([]);
    expect(await commands.listeningPorts(one)).toEqual([]);
    expect(await commands.firstExit([one], { patienceSeconds: 0 })).toBeUndefined();
  });

  test('writes down what should run, for an instance that boots later', async () => {
    const { commands, autoScaling, ssm } = await openCommands({
      answer: () => ({ processes: [] }),
      unmanaged: () => true,
    });
    const ids = await makeGroup(autoScaling, { name: 'shop-1-compute-blue', count: 1 });
    const runState = async () => {
      const name = { Name: '/hivemind/shop-1-compute-blue/run-state' };
      return (await ssm.send(new GetParameterCommand(name))).Parameter?.Value;
    };
    await commands.start(ids);
    expect(await runState()).toBe('started');
    await expect(commands.stop(ids)).rejects.toMatchObject({ code: 'AwsUnavailable' });
    expect(await runState()).toBe('stopped');
  });

  test('starts a worker that was out of reach with the next call, and confirms it no sooner', async () => {
    let reached = false;
    const told: string[] = [];
    const { commands, autoScaling } = await openCommands({
      answer: ({ verb }) => {
        told.push(verb);
        return { processes: [running('worker', false)] };
      },
      unmanaged: () => !reached,
    });
    const name = 'shop-1-compute-blue';
    const ids = await makeGroup(autoScaling, { name, count: 1, variant: 'worker-stage-1' });
    await commands.start(ids);
    expect(await commands.list(name)).toMatchObject([
      { exposed: false, unconfirmed: 'Systems Manager does not reach it' },
    ]);
    expect(await commands.firstExit(ids, { patienceSeconds: 0 })).toBeUndefined();
    reached = true;
    await commands.start(ids);
    const [worker] = await commands.list(name);
    expect(worker).toMatchObject({ exposed: false, state: 'running' });
    expect(worker).not.toHaveProperty('unconfirmed');
    expect(told).toEqual(['start', 'status']);
  });

  test('passes on why an instance refuses', async () => {
    const { commands, autoScaling } = await openCommands({
      answer: () => {
        throw new Error('there is no release here');
      },
    });
    const [id = ''] = await makeGroup(autoScaling, { name: 'shop-1-compute-blue', count: 1 });
    await expect(commands.start([id])).rejects.toMatchObject({
      code: 'AwsRefused',
      message: `the instance "${id}" refused "start": there is no release here`,
    });
    const options = { token: 'a', timeoutSeconds: 5, patienceSeconds: 1 };
    await expect(commands.run(id, program('fail.js'), options)).rejects.toMatchObject({ code: 'AwsRefused' });
    expect(await commands.list('shop-1-compute-blue')).toMatchObject([
      { state: 'running', unconfirmed: 'there is no release here' },
    ]);
  });

  test('outlasts throttling', async () => {
    let calls = 0;
    const { commands, autoScaling } = await openCommands(
      { answer: () => ({ processes: [running('web', true)] }) },
      (call) => {
        calls += 1;
        return calls % 2 === 0 ? throttled(call) : undefined;
      },
    );
    await makeGroup(autoScaling, { name: 'shop-1-compute-blue', count: 1 });
    expect(await commands.list('shop-1-compute-blue')).toMatchObject([{ state: 'running' }]);
  });
});
