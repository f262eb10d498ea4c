import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Header } from 'tar';
import type { Machine } from '../fixtures/instance/machine.ts';
import { INSTANCE_ID, machineForEach, WEB } from '../fixtures/instance/machine-for-each.ts';

const machine = machineForEach();

/** Boots in vain. @returns what the stack and the log were told */
async function failure(
  broken: Machine,
): Promise<{ readonly signal: string; readonly log: readonly string[] }> {
  const { exitCode, output } = await broken.boot();
  expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
  const signals = (await broken.read('signals.log')).trim().split('\n');
  expect(signals).toEqual([
    expect.stringMatching(/^--success false --reason .* --resource AutoScalingGroup /),
  ]);
  const events: { readonly message: string }[] = JSON.parse(await broken.read('log-events.json'));
  expect(await broken.read('aws.log')).toContain(`--log-stream-name shop-abc234/instance/${INSTANCE_ID}`);
  return { signal: signals[0] ?? '', log: events.map(({ message }) => message.trimEnd()) };
}

const releases = (broken: Machine): Promise<string[]> => readdir(join(broken.root, 'opt/hivemind/releases'));

describe('a boot tells the stack at once', () => {
  test('that the artifact is not what was built', async () => {
    const id = await machine().setApplication({ 'server.js': '' });
    await writeFile(machine().artifactFile(id), 'something else');
    const { signal, log } = await failure(machine());
    expect(signal).toContain(`the artifact ${id} is not what was built`);
    expect(log).toEqual([
      expect.stringMatching(/^\[hivemind\] boot failed: the artifact .* is not what was built/),
    ]);
    expect(await releases(machine())).toEqual([]);
  });

  test('that there is no artifact', async () => {
    const id = await machine().setApplication({ 'server.js': '' });
    await rm(machine().artifactFile(id));
    expect((await failure(machine())).signal).toContain(
      `the artifact ${id} cannot be found: An error occurred (404) when calling the HeadObject operation: Not Found`,
    );
  });

  test('that the disk is full', async () => {
    await writeFile(machine().book('free-bytes'), String(100 * 1024 * 1024));
    expect((await failure(machine())).signal).toContain('the disk is too small for the artifact');
    expect(await releases(machine())).toEqual([]);
  });

  test('that there is room for the archive, but not for what is in it', async () => {
    const spare = 512 * 1024 * 1024;
    const archive = (await stat(machine().artifactFile(machine().artifact))).size;
    await writeFile(machine().book('free-bytes'), String(spare + archive));
    expect((await failure(machine())).signal).toContain('the disk is too small for the unpacked artifact');
    expect(await releases(machine())).toEqual([]);
  });

  test('that the application has exited, with its last words and without its secrets', async () => {
    const secret = 'a-secret-of-the-operator';
    machine().set({ ENVIRONMENT_SECRET: await machine().storeSecret('environment', { API_KEY: secret }) });
    await machine().setApplication({
      'server.js': `console.log('key "' + process.env.API_KEY + '" \\\\ loaded'); throw new Error('no table "users"');`,
    });
    const { signal, log } = await failure(machine());
    expect(signal).toContain('the process "web" exited with code 1: Error: no table "users"');
    expect(log).toContain('key "[redacted]" \\ loaded');
    expect(log.join('\n')).not.toContain(secret);
    expect(await machine().file('var/log/hivemind/boot.log')).not.toContain(secret);
  });

  test('that the application has exited, while the CloudWatch agent is still being installed', async () => {
    await rm(join(machine().root, 'opt/aws/amazon-cloudwatch-agent'), { recursive: true });
    await writeFile(machine().book('slow-packages'), '');
    await machine().setApplication({ 'server.js': 'process.exit(5)' });
    expect((await failure(machine())).signal).toContain('the process "web" exited with code 5');
  });

  test('that a second process has exited while the first one runs', async () => {
    machine().setProcesses([
      WEB,
      { name: 'worker', command: { kind: 'shell', line: 'echo "no queue" && exit 3' }, exposed: false },
    ]);
    const { signal } = await failure(machine());
    expect(signal).toContain('the process "worker" exited with code 3: no queue');
  });

  test('that the application listens on another port', async () => {
    await machine().setApplication({
      'server.js': `require('node:http').createServer().listen(0, '0.0.0.0');`,
    });
    expect((await failure(machine())).signal).toMatch(/listens on port \d+ instead of the port it was given/);
  });

  test('that a secret cannot be read', async () => {
    machine().set({
      ENVIRONMENT_SECRET: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hivemind/shop-abc234/gone',
    });
    expect((await failure(machine())).signal).toContain('ResourceNotFoundException');
  });

  test('that a parameter makes no sense', async () => {
    machine().set({ PROCESSES: '[{"name":"../web"}]', ROOT: '../..' });
    expect((await failure(machine())).signal).toMatch(/wrong parameters: .*ROOT: leaves the artifact/);
  });

  test('that the Python of the build cannot be had', async () => {
    await machine().setApplication({ 'app.py': '' }, '3.98.1');
    machine().set({ RUNTIME: 'python' });
    await writeFile(machine().book('no-packages'), '');
    expect((await failure(machine())).signal).toContain('Unable to find a match');
  });
});

describe('a boot unpacks nothing of an archive', () => {
  const refused = async (): Promise<void> => {
    expect((await failure(machine())).signal).toContain('has an entry that does not belong there');
    expect(await releases(machine())).toEqual([]);
  };

  test.each([
    ['that climbs out of its folder', { path: 'files/../../../evil', type: 'File' }],
    ['with a place of its own', { path: 'etc/passwd', type: 'File' }],
    ['with an absolute path', { path: '/etc/passwd', type: 'File' }],
    ['with a device', { path: 'files/disk', type: 'BlockDevice', devmaj: 8, devmin: 0 }],
    [
      'whose runtime is a link',
      { path: 'runtime/bin/node', type: 'SymbolicLink', linkpath: '../../files/node' },
    ],
    ['whose files are a link', { path: 'files', type: 'SymbolicLink', linkpath: '/etc' }],
    [
      'that shares the runtime with the application',
      { path: 'files/node', type: 'Link', linkpath: 'runtime/bin/node' },
    ],
  ] as const)('%s', async (_, entry) => {
    const header = new Header({ mode: 0o644, size: 0, ...entry });
    header.encode();
    await machine().storeArchive(
      gzipSync(Buffer.concat([header.block ?? Buffer.alloc(0), Buffer.alloc(1024)])),
    );
    await refused();
  });

  test('whose instance program is a link', async () => {
    const folder = join(machine().root, 'stand-ins/odd');
    await mkdir(join(folder, 'instance'), { recursive: true });
    await symlink('../files/evil.mjs', join(folder, 'instance/instance.mjs'));
    await machine().storeArtifact(folder);
    await refused();
  });
});
