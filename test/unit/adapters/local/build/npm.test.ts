import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findNpm } from '../../../../../src/adapters/local/build/npm-package.ts';
import { cacheFolder } from '../../../../../src/adapters/local/build/workspace.ts';
import type { BuildRequest } from '../../../../../src/ports/builder.ts';
import { finished, shell } from '../../../../contracts/builder.contract.ts';
import { temporaryFolder } from '../../../../fixtures/temporary-home.ts';
import { makeLocalBuilder } from './build-harness.ts';

const npm = (...argv: string[]) => ({ kind: 'argv', argv: ['npm', ...argv] }) as const;

/** An application with a package beside it, so that no registry is needed. */
const files = (scripts: Record<string, string> = {}) => {
  const dependencies = { lib: 'file:vendor/lib' };
  const devDependencies = { tool: 'file:vendor/tool' };
  return {
    'package.json': JSON.stringify({ name: 'app', version: '1.0.0', scripts, dependencies, devDependencies }),
    'package-lock.json': JSON.stringify({
      name: 'app',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'app', version: '1.0.0', dependencies, devDependencies },
        'node_modules/lib': { resolved: 'vendor/lib', link: true },
        'node_modules/tool': { resolved: 'vendor/tool', link: true },
        'vendor/lib': { version: '1.0.0' },
        'vendor/tool': { version: '1.0.0', dev: true },
      },
    }),
    'vendor/lib/package.json': '{"name":"lib","version":"1.0.0"}',
    'vendor/lib/index.js': 'module.exports = "from lib"',
    'vendor/tool/package.json': '{"name":"tool","version":"1.0.0"}',
  };
};

describe.each([
  ['in a sandbox', true],
  ['without a sandbox', false],
])('npm %s', (_, sandbox) => {
  test('installs and builds reproducibly from scratch', async () => {
    const { builder, request, read } = await makeLocalBuilder({ sandbox });
    const scripts = { build: `node -e "fs.writeFileSync('out.txt', require('lib'))"` };
    const asked = () =>
      request(files(scripts), { packageManager: 'npm', install: npm('ci'), build: npm('run', 'build') });
    const [first, second] = [await finished(builder, asked()), await finished(builder, asked())];
    expect(await read(first.artifact.id, 'out.txt')).toBe('from lib');
    expect(second.artifact.id).toBe(first.artifact.id);
  });
});

describe('packages for development', () => {
  const installedTool = async (scripts: Record<string, string>): Promise<boolean> => {
    const { builder, request, read } = await makeLocalBuilder();
    const asked = request(files(scripts), {
      packageManager: 'npm',
      install: shell('npm ci && ls node_modules > seen'),
    });
    return (await read((await finished(builder, asked)).artifact.id, 'seen')).includes('tool');
  };

  test('are left out when nothing is built', async () => {
    expect(await installedTool({ start: 'node server.js' })).toBe(false);
  });

  test('are kept when the start script or an install script may need them', async () => {
    expect(await installedTool({ start: 'tool server.js' })).toBe(true);
    expect(await installedTool({ prepare: 'node -e ""' })).toBe(true);
  });
});

describe('what a build is given of its own', () => {
  const built = async (
    change: Partial<BuildRequest>,
    npmrc = '',
  ): Promise<Record<string, string | undefined>> => {
    const { builder, request, read } = await makeLocalBuilder();
    const scripts = { build: `node -e "fs.writeFileSync('seen', JSON.stringify(process.env))"` };
    const build = npm('run', 'build');
    const asked = request(
      { ...files(scripts), '.npmrc': npmrc },
      { packageManager: 'npm', build, ...change },
    );
    return JSON.parse(await read((await finished(builder, asked)).artifact.id, 'seen'));
  };

  test('is in its environment, over what every build has', async () => {
    expect((await built({})).CI).toBe('1');
    expect(await built({ variables: { CI: 'false', SKIP_PREFLIGHT_CHECK: 'true' } })).toMatchObject({
      CI: 'false',
      SKIP_PREFLIGHT_CHECK: 'true',
    });
  });

  test('is memory, whatever the settings of the project say', async () => {
    const npmrc = 'node-options=--max-old-space-size=100\n';
    expect((await built({}, npmrc)).NODE_OPTIONS).toBe('--max-old-space-size=100');
    expect((await built({ memoryMegabytes: 500 }, npmrc)).NODE_OPTIONS).toBe('--max-old-space-size=500');
  });

  test('is memory beside other options', async () => {
    const variables = { NODE_OPTIONS: '--no-warnings' };
    expect((await built({ variables, memoryMegabytes: 500 })).NODE_OPTIONS).toBe(
      '--no-warnings --max-old-space-size=500',
    );
  });
});

describe('packages that were damaged on their way', () => {
  test.each([
    ['are fetched again by the next build', 'npm error code EINTEGRITY', false],
    ['are not the matter of any other failure', 'npm error code 1', true],
  ])('%s', async (_, said, isKept) => {
    const { builder, request, home } = await makeLocalBuilder();
    const line = `touch "$npm_config_cache-mark"; echo "${said}"; exit 1`;
    const asked = request(files(), { packageManager: 'npm', install: shell(line) });
    await expect(finished(builder, asked)).rejects.toMatchObject({ code: 'InstallFailed' });
    expect(existsSync(join(cacheFolder(home, asked.source.repository), 'npm-mark'))).toBe(isKept);
  });
});

describe('npm failures', () => {
  const failure = async (change: Partial<BuildRequest>, changedFiles: Record<string, string> = {}) => {
    const { builder, request } = await makeLocalBuilder();
    const asked = request({ ...files(), ...changedFiles }, { packageManager: 'npm', ...change });
    return finished(builder, asked).catch((error: unknown) => error);
  };

  test('fails with InstallFailed for a stale lock file', async () => {
    const manifest = JSON.stringify({
      name: 'app',
      version: '1.0.0',
      dependencies: { other: 'file:vendor/tool' },
    });
    const error = await failure({ install: npm('ci') }, { 'package.json': manifest });
    expect(error).toMatchObject({
      code: 'InstallFailed',
      hint: expect.stringContaining('commit the lock file'),
      message: expect.stringMatching(/^`npm ci` exited with 1: .*in sync/),
    });
  });

  test('fails with BuildFailed for a missing script', async () => {
    expect(await failure({ build: npm('run', 'build') })).toMatchObject({
      code: 'BuildFailed',
      hint: expect.stringContaining('"scripts"'),
      message: '`npm run build` exited with 1: Missing script: "build"',
    });
  });
});

describe('npm of the machine', () => {
  async function machineWith(npmFolder: string): Promise<string> {
    const prefix = await temporaryFolder();
    await mkdir(join(prefix, 'bin'));
    await mkdir(join(prefix, npmFolder, 'bin'), { recursive: true });
    await writeFile(join(prefix, npmFolder, 'bin/npm-cli.js'), '');
    const manifest = {
      name: 'npm',
      version: '11.0.0',
      bin: { npm: 'bin/npm-cli.js' },
      engines: { node: '>=20' },
    };
    await writeFile(join(prefix, npmFolder, 'package.json'), JSON.stringify(manifest));
    return prefix;
  }

  test('is found through its link', async () => {
    const prefix = await machineWith('share/npm');
    await symlink('../share/npm/bin/npm-cli.js', join(prefix, 'bin/npm'));
    expect(await findNpm([prefix, join(prefix, 'bin')])).toEqual({
      folder: join(prefix, 'share/npm'),
      version: '11.0.0',
      programs: { npm: join(prefix, 'share/npm/bin/npm-cli.js') },
      nodeRange: '>=20',
    });
  });

  test('is found behind a wrapper of its own', async () => {
    const prefix = await machineWith('lib/node_modules/npm');
    await writeFile(join(prefix, 'bin/npm'), '#!/bin/sh');
    expect(await findNpm([join(prefix, 'bin')])).toMatchObject({
      folder: join(prefix, 'lib/node_modules/npm'),
    });
  });

  test('fails with ToolMissing where there is none', async () => {
    await expect(findNpm([await temporaryFolder()])).rejects.toMatchObject({ code: 'ToolMissing' });
  });
});
