import { describe, expect, test } from '@jest/globals';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { InstanceRelease } from '../../src/domain/instance-release.ts';
import type { Command } from '../../src/domain/plan.ts';
import type { Instance, InstanceCommands } from '../../src/ports/instance-commands.ts';
import { waitFor } from '../fixtures/wait-for.ts';

/** What the harness can run: a server on `$PORT`, a process that fails with code 3 and one that waits for its end. */
export type SampleProgram = 'serve' | 'fail' | 'wait';

export interface InstanceCommandsHarness {
  readonly commands: InstanceCommands;
  /** Makes a stack of stopped instances that run this program; returns its name. */
  makeStack(program: SampleProgram, count: number): Promise<string>;
  /** Release 7, which the stacks run, of this program, as one instance is told of it; with these differences. */
  releaseOf(program: SampleProgram, change: Partial<InstanceRelease>): InstanceRelease;
  /** The program as a command. */
  command(program: SampleProgram): Command;
  /** Whether the server of an instance answers. */
  answers(instance: Instance): Promise<boolean>;
  /** What the instances and their commands printed. */
  printed(): readonly string[];
}

const patience = { patienceSeconds: 20 };

/** What every adapter of InstanceCommands does. */
export function instanceCommandsContract(makeHarness: () => Promise<InstanceCommandsHarness>): void {
  async function stackOf(program: SampleProgram, count = 1) {
    const harness = await makeHarness();
    const stack = await harness.makeStack(program, count);
    const ids = (await harness.commands.list(stack)).map(({ id }) => id);
    const instance = async (): Promise<Instance> => {
      const [first] = await harness.commands.list(stack);
      if (!first) throw new Error('the stack has no instance');
      return first;
    };
    return { ...harness, stack, ids, id: ids[0] ?? '', instance };
  }

  describe('list', () => {
    test('shows new instances as stopped', async () => {
      const { commands, stack } = await stackOf('serve', 2);
      const [first, second] = await commands.list(stack);
      expect(first).toMatchObject({ stack, state: 'stopped', restarts: 0, lastExit: null, exposed: true });
      expect(first?.id).not.toBe(second?.id);
      expect(`${first?.host}:${first?.port}`).not.toBe(`${second?.host}:${second?.port}`);
    });

    test('is empty for an unknown stack', async () => {
      const { commands } = await stackOf('serve');
      expect(await commands.list('no-such-stack')).toEqual([]);
    });
  });

  describe('start and stop', () => {
    test('start what answers on its port', async () => {
      const { commands, ids, instance, answers } = await stackOf('serve');
      await commands.start(ids);
      await waitFor(async () => answers(await instance()));
      expect(await instance()).toMatchObject({ state: 'running' });
    });

    test('stop it so that the port is free', async () => {
      const { commands, ids, instance, answers } = await stackOf('serve');
      await commands.start(ids);
      await waitFor(async () => answers(await instance()));
      await commands.stop(ids);
      expect(await answers(await instance())).toBe(false);
      expect(await instance()).toMatchObject({ state: 'stopped', restarts: 0 });
    });

    test('do nothing the second time', async () => {
      const { commands, ids, instance } = await stackOf('wait');
      await commands.start(ids);
      await commands.start(ids);
      expect(await instance()).toMatchObject({ state: 'running', restarts: 0 });
      await commands.stop(ids);
      await commands.stop(ids);
      expect(await instance()).toMatchObject({ state: 'stopped', restarts: 0 });
    });

    test('fail with InstanceNotFound for an unknown id', async () => {
      const { commands } = await stackOf('wait');
      await expect(commands.start(['i-0000000000'])).rejects.toMatchObject({ code: 'InstanceNotFound' });
      await expect(commands.stop(['i-0000000000'])).rejects.toMatchObject({ code: 'InstanceNotFound' });
    });
  });

  describe('install', () => {
    test('puts another release in the place of the one of a stopped instance', async () => {
      const { commands, ids, id, instance, answers, releaseOf } = await stackOf('serve');
      const { host, port, release } = await instance();
      expect(release).toBe(7);
      await commands.start(ids);
      await commands.stop(ids);
      const next = releaseOf('serve', { number: 8, commit: 'fedcba9' });
      await waitFor(() => commands.install(id, next, patience));
      expect(await instance()).toMatchObject({ id, host, port, release: 8, state: 'stopped' });
      await commands.start(ids);
      await waitFor(async () => answers(await instance()));
      expect(await instance()).toMatchObject({ id, release: 8, state: 'running' });
    });

    test('does nothing the second time, and goes back the same way', async () => {
      const { commands, id, instance, releaseOf } = await stackOf('wait');
      const install = (number: number) =>
        waitFor(() => commands.install(id, releaseOf('wait', { number }), patience));
      await install(8);
      await install(8);
      expect(await instance()).toMatchObject({ release: 8 });
      await install(7);
      expect(await instance()).toMatchObject({ release: 7, state: 'stopped' });
    });

    test('leaves an instance that runs as it is', async () => {
      const { commands, ids, id, instance, releaseOf } = await stackOf('wait');
      await commands.start(ids);
      const install = commands.install(id, releaseOf('wait', { number: 8 }), patience);
      await expect(install).rejects.toBeInstanceOf(HiveMindError);
      expect(await instance()).toMatchObject({ release: 7, state: 'running' });
    });

    test('leaves the release that is there when the other one cannot be had', async () => {
      const { commands, ids, id, instance, releaseOf } = await stackOf('wait');
      const install = commands.install(id, releaseOf('wait', { number: 8, artifact: 'lost' }), patience);
      await expect(install).rejects.toBeInstanceOf(HiveMindError);
      await commands.start(ids);
      expect(await instance()).toMatchObject({ release: 7, state: 'running' });
    });

    test('fails with InstanceNotFound for an unknown id', async () => {
      const { commands, releaseOf } = await stackOf('wait');
      const install = commands.install('i-0000000000', releaseOf('wait', {}), patience);
      await expect(install).rejects.toMatchObject({ code: 'InstanceNotFound' });
    });
  });

  describe('run', () => {
    test('returns the exit code and the output', async () => {
      const { commands, id, command } = await stackOf('wait');
      const result = await commands.run(id, command('fail'), { ...patience, token: 'a', timeoutSeconds: 20 });
      expect(result).toMatchObject({ exitCode: 3, signal: null });
      expect([...(result?.logTail ?? [])].sort()).toEqual(['Error: no luck', 'starting']);
    });

    test('is one run for each token', async () => {
      const { commands, id, command, printed } = await stackOf('wait');
      const call = (token: string) =>
        commands.run(id, command('fail'), { ...patience, token, timeoutSeconds: 20 });
      const runs = () => printed().filter((text) => text === 'Error: no luck').length;
      const first = await call('a');
      expect(await call('a')).toEqual(first);
      expect(runs()).toBe(1);
      expect(await call('b')).toMatchObject({ exitCode: 3 });
      expect(runs()).toBe(2);
    });

    test('is still there when patience has run out before', async () => {
      const { commands, id, command } = await stackOf('wait');
      const abort = new AbortController();
      const call = (patienceSeconds: number) =>
        commands.run(id, command('wait'), {
          token: 'a',
          timeoutSeconds: 20,
          patienceSeconds,
          signal: abort.signal,
        });
      expect(await call(0)).toBeUndefined();
      expect(await call(0.01)).toBeUndefined();
      abort.abort();
      await expect(call(20)).rejects.toMatchObject({ code: 'Cancelled' });
    });

    test('fails with StageTimedOut for an endless command', async () => {
      const { commands, id, command } = await stackOf('wait');
      const run = commands.run(id, command('wait'), { ...patience, token: 'a', timeoutSeconds: 0.5 });
      await expect(run).rejects.toMatchObject({ code: 'StageTimedOut' });
    });

    test('fails with Cancelled when aborted', async () => {
      const { commands, id, command } = await stackOf('wait');
      const abort = new AbortController();
      const run = commands.run(id, command('wait'), {
        ...patience,
        token: 'a',
        timeoutSeconds: 20,
        signal: abort.signal,
      });
      abort.abort();
      await expect(run).rejects.toMatchObject({ code: 'Cancelled' });
    });

    test('fails with InstanceNotFound for an unknown id', async () => {
      const { commands, command } = await stackOf('wait');
      const run = commands.run('i-0000000000', command('fail'), {
        ...patience,
        token: 'a',
        timeoutSeconds: 20,
      });
      await expect(run).rejects.toMatchObject({ code: 'InstanceNotFound' });
    });
  });

  describe('first exit', () => {
    test('comes with the exit', async () => {
      const { commands, ids } = await stackOf('fail');
      const exit = commands.firstExit(ids, { patienceSeconds: 20 });
      await commands.start(ids);
      expect(await exit).toMatchObject({ id: ids[0], lastExit: { code: 3, signal: null } });
    });

    test('counts an exit that already happened', async () => {
      const { commands, ids, id, instance } = await stackOf('fail');
      await commands.start(ids);
      await waitFor(async () => (await instance()).lastExit);
      expect(await commands.firstExit(ids, { patienceSeconds: 20 })).toMatchObject({ id });
    });

    test('does not come for a stop', async () => {
      const { commands, ids } = await stackOf('wait');
      await commands.start(ids);
      await commands.stop(ids);
      expect(await commands.firstExit(ids, { patienceSeconds: 0.05 })).toBeUndefined();
    });

    test('ends early when aborted', async () => {
      const { commands, ids } = await stackOf('wait');
      const exit = commands.firstExit(ids, { patienceSeconds: 600, signal: AbortSignal.timeout(10) });
      expect(await exit).toBeUndefined();
    });
  });

  describe('a look inside', () => {
    test('gives the last words of a process', async () => {
      const { commands, ids, id } = await stackOf('fail');
      await commands.start(ids);
      await commands.firstExit(ids, { patienceSeconds: 20 });
      await commands.stop(ids);
      expect(await commands.logTail(id, 10)).toContain('Error: no luck');
      expect(await commands.logTail(id, 1)).toHaveLength(1);
    });

    test('sees listening ports or nothing', async () => {
      const { commands, ids, id, instance, answers } = await stackOf('serve');
      expect(await commands.listeningPorts(id)).toEqual([]);
      await commands.start(ids);
      await waitFor(async () => answers(await instance()));
      const { port } = await instance();
      const ports = await commands.listeningPorts(id);
      expect([[], [port]]).toContainEqual(ports);
    });
  });
}
