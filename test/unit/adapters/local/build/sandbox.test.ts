import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { probeIsolation } from '../../../../../src/adapters/local/build/sandbox.ts';
import { removeStaleWorkspaces } from '../../../../../src/adapters/local/builder.ts';
import { homeFrom } from '../../../../../src/adapters/local/home.ts';
import { finished, javaScript, shell } from '../../../../contracts/builder.contract.ts';
import { temporaryHome } from '../../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';
import { makeLocalBuilder } from './build-harness.ts';

const { sandboxed: canSandbox } = await probeIsolation(homeFrom({ HIVEMIND_HOME: '/nowhere' }));
const isLinux = process.platform === 'linux';
const files = { 'server.js': '' };
jest.setTimeout(20_000);

/** Command lines of all processes that hold the text. */
const processesWith = (text: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLineOf)
    .filter((line) => line.includes(text));

function commandLineOf(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A number of seconds that no other process sleeps for: marks the processes of one test. */
const uniqueSeconds = (): string => `${3000 + Math.random()}`;

const PLANTED = 'AWS_SECRET_ACCESS_KEY';
afterEach(() => {
  delete process.env[PLANTED];
});

describe.each([
  ['in a sandbox', true],
  ['without a sandbox', false],
])('a hostile build %s', (_, sandbox) => {
  test('finds nothing of our environment in its own', async () => {
    process.env[PLANTED] = 'planted-secret';
    const { builder, request, read } = await makeLocalBuilder({ sandbox });
    const build = javaScript(
      `fs.writeFileSync('seen', JSON.stringify(process.env) + fs.readFileSync('/proc/self/environ', 'latin1'))`,
    );
    const { artifact } = await finished(
      builder,
      request(files, { build: isLinux ? build : shell('env > seen') }),
    );
    const seen = await read(artifact.id, 'seen');
    expect(seen).not.toContain('planted-secret');
    expect(seen).not.toContain(homedir() === '/' ? 'no home' : `HOME=${homedir()}`);
  });

  (isLinux ? test : test.skip)('leaves no daemon behind', async () => {
    const { builder, request } = await makeLocalBuilder({ sandbox });
    const seconds = uniqueSeconds();
    const build = javaScript(
      `for (const stdio of ['ignore', 'inherit'])
         require('child_process').spawn('sleep', ['${seconds}'], { detached: true, stdio }).unref()`,
    );
    await finished(builder, request(files, { build }));
    expect(processesWith(seconds)).toEqual([]);
  });

  (isLinux ? test : test.skip)('is gone with its folder when aborted', async () => {
    const { home, builder, request } = await makeLocalBuilder({ sandbox });
    const seconds = uniqueSeconds();
    const build = shell(`trap '' TERM; setsid sleep ${seconds} & sleep ${seconds}; sleep ${seconds}`);
    const controller = new AbortController();
    const building = builder.build(request(files, { build }), {
      patienceSeconds: 60,
      signal: controller.signal,
    });
    await waitFor(() => processesWith(`sleep ${seconds}`).length >= 2);
    controller.abort();
    await expect(building).rejects.toMatchObject({ code: 'Cancelled' });
    await waitFor(() => processesWith(seconds).length === 0);
    expect(await readdir(home.folder('work'))).toEqual([]);
  });

  test('fails with UnsafeRepository for a link out of the artifact', async () => {
    const { home, builder, request } = await makeLocalBuilder({ sandbox });
    const build = shell('ln -s /etc/passwd users');
    await expect(finished(builder, request(files, { build }))).rejects.toMatchObject({
      code: 'UnsafeRepository',
    });
    expect(await readdir(home.folder('work'))).toEqual([]);
    expect(await readdir(home.folder('artifacts'))).toEqual([]);
  });

  test('cannot make us remove files outside through links', async () => {
    const { home, builder, request } = await makeLocalBuilder({ sandbox });
    const outside = join(home.root, 'outside/.cache');
    await mkdir(outside, { recursive: true });
    const build = shell(`ln -s ${dirname(outside)} node_modules`);
    await expect(finished(builder, request(files, { build }))).rejects.toMatchObject({
      code: 'UnsafeRepository',
    });
    expect(existsSync(outside)).toBe(true);
  });

  test('cannot keep its workspace by closing folders', async () => {
    const { home, builder, request } = await makeLocalBuilder({ sandbox });
    const build = shell('mkdir -p a/b && touch a/b/c && chmod 000 a/b a; exit 1');
    await expect(finished(builder, request(files, { build }))).rejects.toMatchObject({ code: 'BuildFailed' });
    expect(await readdir(home.folder('work'))).toEqual([]);
  });

  test('cannot leave unreadable files or set-user-id in an artifact', async () => {
    const { home, builder, request } = await makeLocalBuilder({ sandbox });
    const build = shell('cp /bin/sh sh && chmod 4755 sh && touch closed && chmod 000 closed');
    const { artifact } = await finished(builder, request(files, { build }));
    const mode = async (name: string) =>
      (await stat(home.folder('artifacts', artifact.id, 'files', name))).mode & 0o7777;
    expect([await mode('sh'), await mode('closed')]).toEqual([0o755, 0o644]);
  });
});

(canSandbox ? describe : describe.skip)('the sandbox', () => {
  /** What a line prints in the sandbox. */
  async function output(
    line: string,
    setUp: (root: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<string> {
    const { home, builder, request, read } = await makeLocalBuilder();
    await setUp(home.root);
    const build = shell(`{ ${line.replaceAll('HOME_OF_SERVER', home.root)}; } > out.txt 2>&1 || true`);
    const { artifact } = await finished(builder, request(files, { build }));
    return read(artifact.id, 'out.txt');
  }

  test('hides the state of the server and its token', async () => {
    const plant = (root: string) => writeFile(join(root, 'token'), 'server-token');
    expect(await output('cat HOME_OF_SERVER/token', plant)).toMatch(/No such file|not found|can't open/i);
  });

  test('hides the home folder and private files of the system', async () => {
    const paths = [
      homedir(),
      '/etc/shadow',
      '/etc/ssl/private',
      '/var/run/docker.sock',
      '/run',
      '/root',
      '/sys',
    ];
    const listed = await output(paths.map((path) => `ls -d ${path}`).join('; '));
    expect(listed.split('\n').filter((line) => paths.includes(line))).toEqual([]);
  });

  test('shows no other process', async () => {
    const pids = (await output('ls /proc')).split('\n').filter((name) => /^\d+$/.test(name));
    expect(pids.length).toBeLessThan(6);
  });

  test('lets a build write to its own folders only', async () => {
    const script = ['/', '/usr', '/etc', '/opt/hivemind', '/opt/hivemind/bin'].map(
      (folder) => `touch ${folder}/x`,
    );
    const complaints = (await output(`${script.join('; ')}; touch /tmp/x ~/x /cache/x ./x`))
      .trim()
      .split('\n');
    expect(complaints).toHaveLength(script.length);
  });

  test('is the same place for every build', async () => {
    const place =
      'pwd; echo $HOME $TMPDIR; id -u; id -un; hostname 2>/dev/null || cat /proc/sys/kernel/hostname';
    expect(await output(place)).toBe('/workspace\n/home/build /tmp\n1000\nbuild\nbuild\n');
  });

  test('grants no privileges', async () => {
    expect(await output('grep CapEff /proc/self/status')).toMatch(/CapEff:\s+0+\n/);
    expect(await output('unshare -m true && echo privileged')).not.toContain('privileged');
  });

  test('needs no warning', async () => {
    const { builder, request } = await makeLocalBuilder();
    expect((await finished(builder, request(files, { build: shell('true') }))).warnings).toEqual([]);
    expect(await builder.isolation()).toMatchObject({ sandboxed: true });
  });
});

describe('without a sandbox', () => {
  test('warns and says why', async () => {
    const { builder, request } = await makeLocalBuilder({ sandbox: false });
    const { warnings } = await finished(builder, request(files, { build: shell('true') }));
    expect(warnings).toEqual([expect.stringContaining('switched off')]);
    expect(await builder.isolation()).toEqual({ sandboxed: false, how: 'no sandbox: it is switched off' });
  });

  test('does not warn when nothing was run', async () => {
    const { builder, request } = await makeLocalBuilder({ sandbox: false });
    expect((await finished(builder, request(files))).warnings).toEqual([]);
  });
});

test('removes the workspaces of a killed server', async () => {
  const home = await temporaryHome();
  await mkdir(home.folder('work', 'build-0123/app/a'), { recursive: true });
  await mkdir(home.folder('work', 'artifact-0123/files'), { recursive: true });
  await mkdir(home.folder('work', 'other'));
  await removeStaleWorkspaces(home);
  expect(await readdir(home.folder('work'))).toEqual(['other']);
});
