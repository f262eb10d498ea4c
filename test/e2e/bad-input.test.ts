import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { deploymentDocument, errorDocument } from '../../src/contracts/deployment.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { freePort } from '../fixtures/free-port.ts';
import { type Files, gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, runCli } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });

/** Every failure that nobody mends has a code, says what and what to do, and leaves nothing behind. */
async function fails(
  args: readonly string[],
  code: ErrorCode,
  exit: number,
  words: readonly (string | RegExp)[] = [],
) {
  const result = await hivemind('deploy', '--fix', 'none', ...args, '--json');
  const { error } = errorDocument.parse(JSON.parse(result.stderr));
  expect(error).toMatchObject({ code });
  expect(result.code).toBe(exit);
  expect(error.hint.length).toBeGreaterThan(10);
  for (const word of words) expect(error.message).toMatch(word);
  await nothingRemains(home());
  return result;
}

const serve = (answer: string) =>
  `require('node:http').createServer((q, s) => { ${answer} }).listen(process.env.PORT);`;
const node = (server: string, manifest: object = {}): Files => ({
  'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node server.js' }, ...manifest }),
  'server.js': server,
});

describe('a source that cannot be used', () => {
  test.each([
    ['--upload-pack=/bin/sh', 'UnsafeSource', 2],
    ['ext::sh -c id', 'UnsafeSource', 2],
    ['https://example.com/a.git#-oProxyCommand=id', 'UnsafeSource', 2],
    ['https://user:secret@example.com/a.git', 'UnsafeSource', 2],
    ['/nowhere/at/all', 'SourceNotFound', 4],
  ] as const)('fails for %s', async (source, code, exit) => {
    const { stderr } = await fails(['--name', 'unsafe', '--', source], code, exit);
    expect(stderr).not.toContain('secret');
  });

  test('fails with NotARepository for a file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await fails([join(folder, 'file'), '--name', 'a-file'], 'NotARepository', 1);
  });

  test('fails with EmptyRepository for nothing', async () => {
    await fails([(await gitRepository()).folder, '--name', 'empty'], 'EmptyRepository', 1);
  });

  test('fails with RefNotFound for an unknown branch', async () => {
    const { url } = await gitRepository(node(serve("s.end('x')")));
    await fails([`${url}#nowhere`, '--name', 'ref'], 'RefNotFound', 4, ['nowhere']);
  });

  test('fails with UnsafeRepository for a link that leaves', async () => {
    const { folder } = await gitRepository({
      ...node(serve("s.end('x')")),
      out: { link: '../../../etc/passwd' },
    });
    await fails([folder, '--name', 'link'], 'UnsafeRepository', 1, ['out']);
  });

  test('fails with UnsafeRepository for submodule tricks', async () => {
    const { folder } = await gitRepository({
      ...node(serve("s.end('x')")),
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n\tupdate = !touch /tmp/owned\n',
    });
    await fails([folder, '--name', 'submodule'], 'UnsafeRepository', 1);
  });

  test.each(['../x', 'x'.repeat(200), 'Shop', '-x'])('fails with InvalidName for %s', async (name) => {
    const { folder } = await gitRepository(node(serve("s.end('x')")));
    await fails([folder, `--name=${name}`], 'InvalidName', 2);
  });
});

describe('an application that cannot be built', () => {
  test('fails with StartCommandNotFound and what it looked for', async () => {
    const { folder } = await gitRepository({ 'notes.txt': 'hello' });
    await fails([folder, '--name', 'nothing'], 'StartCommandNotFound', 1, [
      /package\.json/,
      /Procfile/,
      /index\.html/,
    ]);
  });

  test('fails with InstallFailed for a lock file out of step', async () => {
    const lock = { name: 'app', lockfileVersion: 3, packages: { '': { name: 'app' } } };
    const { folder } = await gitRepository({
      ...node(serve("s.end('x')"), { dependencies: { 'left-pad': '1.3.0' } }),
      'package-lock.json': JSON.stringify(lock),
    });
    const { stdout } = await fails([folder, '--name', 'lock'], 'InstallFailed', 1, [/npm ci/]);
    const { deployment } = deploymentDocument.parse(JSON.parse(stdout));
    expect(deployment.failure?.stage).toBe('build');
    expect(deployment.failure?.logTail.join('\n')).toContain('left-pad');
  });

  test('fails with BuildFailed and its last words', async () => {
    const { folder } = await gitRepository(
      node(serve("s.end('x')"), {
        scripts: {
          build: 'node -e "console.error(\'Error: no such module\'); process.exit(2)"',
          start: 'node server.js',
        },
      }),
    );
    await fails([folder, '--name', 'build'], 'BuildFailed', 1, [/no such module/]);
  });
});

describe('an application that does not start', () => {
  test('fails with StartFailed at once', async () => {
    const { folder } = await gitRepository(node('throw new Error("cannot go on");'));
    const { stdout } = await fails([folder, '--name', 'crash'], 'StartFailed', 1, [
      /exited with code 1/,
      /cannot go on/,
    ]);
    const { deployment } = deploymentDocument.parse(JSON.parse(stdout));
    expect(deployment.failure?.logTail.join('\n')).toContain('cannot go on');
  });

  test('fails with MissingEnvironmentVariable by its name', async () => {
    const { folder } = await gitRepository(
      node('if (!process.env.API_SECRET) throw new Error("API_SECRET is required");'),
    );
    await fails([folder, '--name', 'variable'], 'MissingEnvironmentVariable', 1, [/API_SECRET/]);
  });

  test('leaves a question when it may be mended, and is its own failure all the same', async () => {
    const { folder } = await gitRepository(
      node('if (!process.env.API_SECRET) throw new Error("API_SECRET is required");'),
    );
    const result = await hivemind('deploy', folder, '--name', 'asks', '--json');
    expect(result.code).toBe(1);
    expect(errorDocument.parse(JSON.parse(result.stderr)).error.code).toBe('MissingEnvironmentVariable');
    const { deployment } = deploymentDocument.parse(JSON.parse(result.stdout));
    expect(deployment).toMatchObject({
      status: 'AWAITING_FIX',
      failure: { code: 'MissingEnvironmentVariable' },
      fixes: [{ status: 'PROPOSED', asks: ['API_SECRET'] }],
    });
    expect(await hivemind('reject', deployment.fixes[0]?.id ?? '')).toMatchObject({ code: 0 });
    expect(await hivemind('destroy', 'asks', '--confirm', 'asks')).toMatchObject({ code: 0 });
    await nothingRemains(home());
  });

  test('fails with PortNeverOpened when time is up', async () => {
    const { folder } = await gitRepository(
      node(`if (process.env.NEVER) ${serve("s.end('x')")} setInterval(() => {}, 1000);`),
    );
    await fails([folder, '--name', 'deaf', '--start-timeout', '2'], 'PortNeverOpened', 1);
  });

  test('fails with ListensOnAnotherPort and names both', async () => {
    const port = await freePort();
    const { folder } = await gitRepository(
      node(`require('node:http').createServer((q, s) => s.end('x')).listen(${port});`),
    );
    await fails([folder, '--name', 'elsewhere', '--stage-1'], 'ListensOnAnotherPort', 1, [
      new RegExp(String(port)),
    ]);
  });

  test.each([
    ['404', 's.statusCode = 404; s.end();', /answered 404/],
    ['500', 's.statusCode = 500; s.end();', /answered 500/],
    ['silence', '', /no answer/],
  ])('fails with HealthCheckFailed for %s', async (name, answer, words) => {
    const { folder } = await gitRepository(node(serve(answer)));
    await fails([folder, '--name', `health-${name}`, '--start-timeout', '5'], 'HealthCheckFailed', 1, [
      words,
    ]);
  });

  test('fails with MigrationFailed before the release', async () => {
    const { folder } = await gitRepository({
      ...node(serve("s.end('x')"), {
        scripts: { start: 'node server.js', migrate: 'node migrate.js' },
      }),
      '.env.example': 'DATABASE_URL=postgres://localhost/app\n',
      'migrate.js': "console.error('Error: relation exists'); process.exit(1);",
    });
    await fails([folder, '--name', 'migration'], 'MigrationFailed', 1, [/exited with code 1/]);
  });
});

describe('a machine or a name in the way', () => {
  const blockers: (() => void)[] = [];
  afterEach(async () => {
    for (const unblock of blockers.splice(0)) unblock();
    await hivemind('destroy', 'taken', '--confirm', 'taken');
  });

  test('fails with PortInUse for a port that is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    blockers.push(() => blocker.close());
    const address = blocker.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { folder } = await gitRepository(node(serve("s.end('x')")));
    await fails([folder, '--name', 'port', '--port', port], 'PortInUse', 5, [port]);
  });

  test('fails with NameTaken for another application', async () => {
    const one = await gitRepository(node(serve("s.end('x')")));
    const other = await gitRepository(node(serve("s.end('y')")));
    expect(await hivemind('deploy', one.folder, '--name', 'taken', '--stage-1', '--json')).toMatchObject({
      code: 0,
    });
    const second = await hivemind('deploy', other.folder, '--name', 'taken', '--json');
    expect(second.code).toBe(5);
    expect(JSON.parse(second.stderr)).toMatchObject({ error: { code: 'NameTaken' } });
  });

  test('fails with UnsafeRepository for a link in a build', async () => {
    const { folder } = await gitRepository(
      node(serve("s.end('x')"), {
        scripts: { build: 'ln -s /etc/passwd stolen', start: 'node server.js' },
      }),
    );
    await fails([folder, '--name', 'stolen'], 'UnsafeRepository', 1, [/stolen/]);
  });

  test('warns of uncommitted changes and deploys the commit', async () => {
    const repository = await gitRepository(node(serve("s.end('committed')")));
    await repository.write({ 'server.js': serve("s.end('changed')") });
    const result = await hivemind('deploy', repository.folder, '--name', 'taken', '--stage-1');
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('--working-tree');
    const status = await hivemind('status', 'taken', '--json');
    const { url } = deploymentDocument.parse(status.json()).deployment;
    expect(await (await fetch(url ?? '')).text()).toBe('committed');
    const changed = await hivemind(
      'deploy',
      repository.folder,
      '--name',
      'taken',
      '--stage-1',
      '--working-tree',
    );
    expect(changed.code).toBe(0);
    expect(await (await fetch(url ?? '')).text()).toBe('changed');
  });
});

test('a folder outside of git is never followed out of itself', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'app'));
  await symlink('/etc', join(folder, 'app', 'etc'));
  await writeFile(join(folder, 'app', 'index.html'), 'hello');
  await fails([join(folder, 'app'), '--name', 'escape'], 'UnsafeRepository', 1);
});
