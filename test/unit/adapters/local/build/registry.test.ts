import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { packageManagerDirectories, runtimeDirectory } from '../../../../../src/adapters/local/builder.ts';
import type { PackageManager } from '../../../../../src/domain/plan.ts';
import type { BuildRequest } from '../../../../../src/ports/builder.ts';
import { finished } from '../../../../contracts/builder.contract.ts';
import { makeLocalBuilder } from './build-harness.ts';

// Needs the npm registry: each package manager and runtime is fetched from it.
jest.setTimeout(120_000);

const argv = (...words: string[]) => ({ kind: 'argv', argv: words }) as const;
const INTEGRITY =
  'sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA==';

const npmLock = JSON.stringify({
  name: 'tiny',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: {
    '': { name: 'tiny', version: '1.0.0', dependencies: { 'left-pad': '1.3.0' } },
    'node_modules/left-pad': { version: '1.3.0', integrity: INTEGRITY },
  },
});
const pnpmLock = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      left-pad:
        specifier: 1.3.0
        version: 1.3.0
packages:
  left-pad@1.3.0:
    resolution: {integrity: ${INTEGRITY}}
snapshots:
  left-pad@1.3.0: {}
`;
const yarnLock = `# yarn lockfile v1


left-pad@1.3.0:
  version "1.3.0"
  resolved "https://registry.yarnpkg.com/left-pad/-/left-pad-1.3.0.tgz#5b8a3a7765dfe001261dde915589e782f8c94d1e"
  integrity ${INTEGRITY}
`;
const berryLock = `__metadata:
  version: 8
  cacheKey: 10c0

"left-pad@npm:1.3.0":
  version: 1.3.0
  resolution: "left-pad@npm:1.3.0"
  checksum: 10c0/3fb59c76e281a2f5c810ad71dbbb8eba8b10c6cf94733dc7f27b8c516a5376cacea53543e76f6ae477d866c8954b27f1e15ca349424c2542474eb5bb1d2b6955
  languageName: node
  linkType: hard

"tiny@workspace:.":
  version: 0.0.0-use.local
  resolution: "tiny@workspace:."
  dependencies:
    left-pad: "npm:1.3.0"
  languageName: unknown
  linkType: soft
`;

const manifest = JSON.stringify({
  name: 'tiny',
  version: '1.0.0',
  scripts: { build: `node -e "fs.writeFileSync('out.txt', require('left-pad')(process.version, 10, '.'))"` },
  dependencies: { 'left-pad': '1.3.0' },
});

interface Case {
  readonly packageManager: PackageManager;
  readonly version: string | null;
  readonly lock: Readonly<Record<string, string>>;
  readonly install: readonly string[];
}
const cases: readonly Case[] = [
  { packageManager: 'npm', version: null, lock: { 'package-lock.json': npmLock }, install: ['npm', 'ci'] },
  {
    packageManager: 'pnpm',
    version: null,
    lock: { 'pnpm-lock.yaml': pnpmLock },
    install: ['pnpm', 'install', '--frozen-lockfile'],
  },
  {
    packageManager: 'yarn',
    version: '1.22.22+sha1.ac34549e6aa8e7ead463a7407e1c7390f61a6610',
    lock: { 'yarn.lock': yarnLock },
    install: ['yarn', 'install', '--frozen-lockfile'],
  },
  {
    packageManager: 'yarn',
    version: null,
    lock: { 'yarn.lock': berryLock },
    install: ['yarn', 'install', '--immutable'],
  },
];

const requestOf = ({ packageManager, version, install }: Case): Partial<BuildRequest> => ({
  packageManager,
  packageManagerVersion: version,
  install: argv(...install),
  build: argv(packageManager, 'run', 'build'),
});

describe.each([
  ['in a sandbox', true],
  ['without a sandbox', false],
])('a package from the registry %s', (_, sandbox) => {
  test.each(cases.map((each) => [each.install.join(' '), each] as const))(
    'is installed reproducibly by %s',
    async (_name, each) => {
      const { builder, request, read, home } = await makeLocalBuilder({ sandbox });
      const files = { 'package.json': manifest, ...each.lock };
      const first = await finished(builder, request(files, requestOf(each)));
      const second = await finished(builder, request(files, requestOf(each)));
      expect(second.artifact.id).toBe(first.artifact.id);
      expect(first.artifact.sbom).toEqual([
        { name: 'left-pad', version: '1.3.0', purl: 'pkg:npm/left-pad@1.3.0' },
      ]);
      expect(await read(first.artifact.id, 'out.txt')).toBe(process.version.padStart(10, '.'));
      expect(await packageManagerDirectories(home)).toHaveLength(each.packageManager === 'npm' ? 0 : 1);
    },
  );
});

describe('a version of Node that is not ours', () => {
  test('is fetched once and used for the build', async () => {
    const { builder, request, read, home } = await makeLocalBuilder();
    const files = { 'package.json': manifest, 'package-lock.json': npmLock };
    const npm = cases[0];
    const asked = () => request(files, { ...(npm && requestOf(npm)), runtimeVersion: '20.x' });
    const builds = await Promise.all([finished(builder, asked()), finished(builder, asked())]);
    const [{ artifact }] = builds;
    expect(artifact.runtimeVersion).toMatch(/^20\./);
    expect(await read(artifact.id, 'out.txt')).toBe(`v${artifact.runtimeVersion}`.padStart(10, '.'));
    const directory = runtimeDirectory(home, 'node', artifact.runtimeVersion) ?? '';
    expect((await readFile(join(directory, 'node'))).length).toBeGreaterThan(1_000_000);
  });

  test('fails with RuntimeNotAvailable when nobody published it', async () => {
    const { builder, request } = await makeLocalBuilder();
    const building = finished(builder, request({}, { runtimeVersion: '999' }));
    await expect(building).rejects.toMatchObject({
      code: 'RuntimeNotAvailable',
      message: expect.stringContaining('does not exist'),
    });
  });
});

test('fails with ToolMissing for a package manager version nobody published', async () => {
  const { builder, request } = await makeLocalBuilder();
  const change = {
    packageManager: 'pnpm',
    packageManagerVersion: '999.0.0',
    install: argv('pnpm', 'install'),
  } as const;
  const building = finished(builder, request({ 'package.json': manifest }, change));
  await expect(building).rejects.toMatchObject({ code: 'ToolMissing' });
});
