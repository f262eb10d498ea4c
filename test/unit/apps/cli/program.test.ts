import { spawn, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { colorsFor } from '../../../../apps/cli/output.ts';
import { createProgram } from '../../../../apps/cli/program.ts';
import { reportError } from '../../../../apps/cli/report-error.ts';
import { errorDocument } from '../../../../src/contracts/deployment.ts';
import { VERSION } from '../../../../src/contracts/version.ts';
import { deployment, deployRoutes, execution } from '../../../fixtures/cli/documents.ts';
import { FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const session = async (options: { terminal?: boolean; environment?: Record<string, string> } = {}) =>
  new TestSession({ home: await temporaryHome(), ...options });

async function commands(): Promise<readonly Command[]> {
  const program = createProgram(await session(), () => undefined);
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help');
}

describe('the command line', () => {
  test.each([[[]], [['help']], [['--help']]])('prints help on stdout for %j', async (argv) => {
    const it = await session();
    expect(await it.run(...argv)).toBe(0);
    expect(it.stdout.text).toContain('Usage: hivemind');
    expect(it.stdout.text).toContain('Exit codes:');
    expect(it.stderr.text).toBe('');
  });

  test('prints its version', async () => {
    const it = await session();
    expect(await it.run('--version')).toBe(0);
    expect(it.stdout.text).toBe(`${VERSION}\n`);
  });

  test('gives every command examples and --json', async () => {
    for (const command of await commands()) {
      const it = await session();
      expect(await it.run('help', command.name())).toBe(0);
      expect(it.stdout.text).toContain(`$ `);
      expect(it.stdout.text).toContain(`hivemind ${command.name()}`);
      expect(it.stdout.text).toMatch(/^ {2}--json /m);
    }
  });

  test('tells the default of a duration as one writes it', async () => {
    const it = await session();
    expect(await it.run('help', 'find-orphans')).toBe(0);
    expect(it.stdout.text).toContain('(default: 24h)');
  });

  test.each([
    ['an unknown command to help with', ['help', 'nope'], 'there is no command "nope"'],
    ['a mistyped command to help with', ['help', 'deply'], 'Did you mean deploy?'],
    ['an unknown command', ['deply', '.'], 'Did you mean deploy?'],
    ['an unknown option', ['list', '--al'], 'Did you mean --all?'],
    ['a missing argument', ['logs'], 'hivemind help logs'],
    ['too many arguments', ['list', 'shop'], 'hivemind help list'],
  ])('fails with %s and a hint', async (_, argv, hint) => {
    const it = await session();
    expect(await it.run(...argv)).toBe(2);
    expect(it.stdout.text).toBe('');
    expect(it.stderr.text).toContain(hint);
    const json = await session();
    expect(await json.run(...argv, '--json')).toBe(2);
    expect(errorDocument.parse(JSON.parse(json.stderr.text)).error.code).toBe('InvalidInput');
  });

  test('fails with a target in the environment that there is none of', async () => {
    const it = await session({ environment: { HIVEMIND_TARGET: 'moon' } });
    expect(await it.run('list', '--json')).toBe(2);
    expect(errorDocument.parse(JSON.parse(it.stderr.text)).error.hint).toContain('local, aws');
    expect(await it.run('list', '--target', 'local')).toBe(0);
  });

  test('reports our own faults without a stack', async () => {
    const it = await session();
    expect(reportError(new RangeError('off by one'), it, [])).toBe(1);
    expect(it.stderr.text).toContain('off by one');
    expect(it.stderr.text).toContain('report it with the output of `hivemind doctor`');
    expect(it.stderr.text).not.toContain('    at ');
    const debugging = await session({ environment: { HIVEMIND_DEBUG: '1' } });
    reportError(new RangeError('off by one'), debugging, []);
    expect(debugging.stderr.text).toContain('caused by: RangeError: off by one\n    at ');
  });

  test('colours what is asked to be coloured', async () => {
    const { stdout: pipe } = await session();
    const { stdout: terminal } = await session({ terminal: true });
    const colours = (stream: typeof pipe, environment: Record<string, string>) =>
      colorsFor(stream, environment).isColorSupported;
    expect(colours(terminal, {})).toBe(true);
    expect(colours(terminal, { TERM: 'dumb' })).toBe(false);
    expect(colours(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
    expect(colours(pipe, { CI: 'true' })).toBe(false);
    expect(colours(pipe, { FORCE_COLOR: '1' })).toBe(true);
    expect(colours(terminal, { FORCE_COLOR: '0' })).toBe(false);
  });
});

describe('docs/cli.md', () => {
  test('describes exactly the options that exist', async () => {
    const text = await readFile(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
    const sections = new Map(
      [...text.matchAll(/^## hivemind (\S+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)].map(([, name, body]) => [
        name,
        body,
      ]),
    );
    const all = await commands();
    expect([...sections.keys()]).toEqual(all.map((command) => command.name()));
    for (const command of all) {
      const documented = [...(sections.get(command.name()) ?? '').matchAll(/^\| `(?:-\w, )?(--[\w-]+)/gm)];
      const common = ['--json', '--yes', '--no-input', '--target'];
      const existing = command.options.map(({ long }) => long).filter((long) => !common.includes(long ?? ''));
      expect([command.name(), documented.map(([, long]) => long)]).toEqual([command.name(), existing]);
    }
  });
});

describe('hivemind completion', () => {
  test.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const it = await session();
    expect(await it.run('completion', shell)).toBe(0);
    for (const word of ['deploy', 'destroy', 'what-if', 'hivemind names', 'compiler']) {
      expect(it.stdout.text).toContain(word);
    }
    if (spawnSync(shell, ['--version']).error) return;
    const check = spawnSync(shell, ['-n'], { input: it.stdout.text, encoding: 'utf8' });
    expect(check.stderr).toBe('');
  });

  test('completes in a real bash', async () => {
    if (spawnSync('bash', ['--version']).error) return;
    const it = await session();
    await it.run('completion', 'bash');
    const complete = (...words: string[]) => {
      const script = `${it.stdout.text}
hivemind() { echo shop; }
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _hivemind; echo "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).stdout.trim();
    };
    expect(complete('hivemind', 'des')).toBe('destroy');
    expect(complete('hivemind', 'deploy', '--what')).toBe('--what-if');
    expect(complete('hivemind', 'deploy', '--target', 'a')).toBe('aws');
    expect(complete('hivemind', 'logs', 's')).toBe('shop');
    expect(complete('hivemind', 'completion', 'z')).toBe('zsh');
  });

  test('fails with a shell that it does not know', async () => {
    expect(await (await session()).run('completion', 'cmd')).toBe(2);
  });
});

describe('bin/hivemind', () => {
  const program = fileURLToPath(new URL('../../../../bin/hivemind', import.meta.url));

  test('hands over to the pinned Node and keeps the exit code', async () => {
    const { root } = await temporaryHome();
    const { status, stdout, stderr } = spawnSync(program, ['status', 'shop', '--json'], {
      env: { PATH: '/usr/bin:/bin', HIVEMIND_HOME: root },
      encoding: 'utf8',
    });
    expect(status).toBe(4);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'DeploymentNotFound' } });
  });

  test('ends quietly when nobody reads', async () => {
    const home = await temporaryHome();
    const deployments = Array.from({ length: 2_000 }, (_, index) => deployment({ name: `shop-${index}` }));
    const server = await FakeServer.start(home, { 'GET /v1/deployments': { body: { deployments } } });
    try {
      const child = spawn(program, ['list'], {
        env: { PATH: process.env['PATH'], HIVEMIND_HOME: home.root },
      });
      child.stdout.once('data', () => child.stdout.destroy());
      const said: string[] = [];
      child.stderr.on('data', (chunk) => said.push(String(chunk)));
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect([code, said.join('')]).toEqual([0, '']);
    } finally {
      await server.kill();
    }
  });

  test('takes Ctrl-C as one process', async () => {
    const home = await temporaryHome();
    const events = '/v1/executions/exec-1/events';
    const cancelled = { body: { execution: execution({ status: 'CANCELLED' }) } };
    const server = await FakeServer.start(
      home,
      deployRoutes({
        [`GET ${events}`]: { lines: [], after: 'hold' },
        'POST /v1/executions/exec-1/cancel': { status: 202 },
        'GET /v1/executions/exec-1': cancelled,
      }),
    );
    try {
      const child = spawn(program, ['deploy', home.root], {
        env: { PATH: process.env['PATH'], HIVEMIND_HOME: home.root },
        stdio: 'ignore',
      });
      const code = new Promise((resolve) => child.once('close', resolve));
      await waitFor(() => server.isStreaming(events));
      child.kill('SIGINT');
      await waitFor(() => server.seen.some(({ path }) => path.endsWith('/cancel')));
      server.end(events);
      expect(await code).toBe(1);
    } finally {
      await server.kill();
    }
  });

  test('stops no server where none runs', async () => {
    const home = await temporaryHome();
    await writeFile(home.serverFile, '{}');
    const { stdout, status } = spawnSync(program, ['serve', '--stop'], {
      env: { PATH: process.env['PATH'], HIVEMIND_HOME: home.root },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, 'no server is running\n']);
  });
});
