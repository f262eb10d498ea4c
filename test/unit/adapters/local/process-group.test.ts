import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../../../src/adapters/local/home.ts';
import {
  OWNER_VARIABLE,
  ProcessGroup,
  type ProcessGroupOptions,
  scrubbedEnvironment,
} from '../../../../src/adapters/local/process-group.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import { isAlive } from '../../../fixtures/processes.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const groups: ProcessGroup[] = [];
afterEach(async () => {
  await Promise.all(groups.splice(0).map((group) => group.stop(0)));
});

async function start(
  argv: readonly string[],
  options: Partial<ProcessGroupOptions> & { home?: Home } = {},
): Promise<{ group: ProcessGroup; lines: string[] }> {
  const home = options.home ?? (await temporaryHome());
  const lines: string[] = [];
  const group = await ProcessGroup.start({
    argv,
    directory: home.root,
    environment: scrubbedEnvironment(),
    onLine: (line) => lines.push(line),
    ...options,
    home,
  });
  groups.push(group);
  return { group, lines };
}

const node = (script: string): readonly string[] => [process.execPath, '-e', script];
const shell = (script: string): readonly string[] => ['/bin/sh', '-c', script];
describe('process group', () => {
  test('reports the exit and all output', async () => {
    const { group, lines } = await start(shell('echo one; echo two >&2; printf three; exit 3'));
    expect(await group.exited).toEqual({ code: 3, signal: null });
    expect([...lines].sort()).toEqual(['one', 'three', 'two']);
    expect(group.exit).toEqual({ code: 3, signal: null });
  });

  test('tells the exit before a daemon ends', async () => {
    const exits: unknown[] = [];
    const { group, lines } = await start(shell('sleep 60 & echo $!; exit 4'), {
      onExit: (exit) => exits.push(exit),
    });
    await group.exited;
    expect(exits).toEqual([{ code: 4, signal: null }]);
    await group.stop(0);
    expect(isAlive(Number(lines[0]))).toBe(false);
  });

  test('knows nothing of our own environment', async () => {
    process.env['PLANTED_SECRET'] = 'not for children';
    try {
      const home = await temporaryHome();
      const { group, lines } = await start(['/usr/bin/env'], { home });
      await group.exited;
      expect(lines).toContain(`${OWNER_VARIABLE}=${home.owner}`);
      const names = lines.map((line) => line.split('=')[0]);
      expect(names.sort()).toEqual(['HIVEMIND_OWNER', 'LANG', 'PATH', 'TZ']);
    } finally {
      delete process.env['PLANTED_SECRET'];
    }
  });

  test('asks before it kills', async () => {
    const { group, lines } = await start(
      node(`process.on('SIGTERM', () => { console.log('finishing'); process.exit(0); });
            setInterval(() => {}, 1000); console.log('ready')`),
    );
    await waitFor(() => lines.includes('ready'));
    expect(await group.stop(10_000)).toEqual({ code: 0, signal: null });
    expect(lines).toEqual(['ready', 'finishing']);
  });

  test('kills what ignores the question', async () => {
    const { group, lines } = await start(shell(`trap '' TERM; echo ready; while :; do sleep 1; done`));
    await waitFor(() => lines.includes('ready'));
    expect(await group.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('ends the children of children', async () => {
    const { group, lines } = await start(shell('sh -c "sleep 60 & echo \\$!; wait" & wait'));
    const grandchild = Number(await waitFor(() => lines[0]));
    expect(isAlive(grandchild)).toBe(true);
    await group.stop(10_000);
    expect(isAlive(grandchild)).toBe(false);
  });

  test('gives a child time when its parent has gone', async () => {
    const child = `process.on('SIGTERM', () => setTimeout(() => { console.log('saved'); process.exit(0); }, 150));
                   setInterval(() => {}, 1000); console.log('ready')`;
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })`;
    const { group, lines } = await start(node(parent));
    await waitFor(() => lines.includes('ready'));
    await group.stop(10_000);
    expect(lines).toContain('saved');
  });

  test('may be stopped after it has ended', async () => {
    const { group } = await start(shell('exit 0'));
    await group.exited;
    expect(await group.stop(10_000)).toEqual({ code: 0, signal: null });
  });

  test('does not wait for pipes of escaped daemons', async () => {
    const { group, lines } = await start(
      node(`const { spawn } = require('node:child_process');
            spawn('sleep', ['3'], { detached: true, stdio: 'inherit' }).unref();
            process.stdout.write('unfinished')`),
    );
    expect(await group.exited).toEqual({ code: 0, signal: null });
    expect(lines).toEqual(['unfinished']);
  });

  test('fails with ToolMissing for an unknown program', async () => {
    await expect(start(['no-such-program'])).rejects.toMatchObject({ code: 'ToolMissing' });
    const home = await temporaryHome();
    await expect(start([join(home.root)], { home })).rejects.toMatchObject({ code: 'ToolMissing' });
  });

  test('fails with InvalidInput without quoting a secret', async () => {
    const failure = start(shell('true'), { environment: { TOKEN: 'top\0secret' } });
    await expect(failure).rejects.toMatchObject({ code: 'InvalidInput' });
    const error = await failure.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HiveMindError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  });
});
