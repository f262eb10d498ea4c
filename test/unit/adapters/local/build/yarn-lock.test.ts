import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import semver from 'semver';
import { yarnOfLock } from '../../../../../src/adapters/local/build/yarn-lock.ts';
import { temporaryFolder } from '../../../../fixtures/temporary-home.ts';

async function folderWith(lock: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'yarn.lock'), lock);
  return folder;
}
const berry = (format: number) => `# generated\n\n__metadata:\n  version: ${format}\n  cacheKey: 8\n`;

describe('the Yarn of a lock file', () => {
  test.each([
    ['3.0.2', berry(4)],
    ['3.1.1', berry(5)],
    ['3.8.7', berry(6)],
    ['4.13.0', berry(8)],
    ['4.14.1', berry(9)],
    ['4.18.1', berry(10)],
    ['1.22.22', '# yarn lockfile v1\n\n\n'],
  ])('may be %s', async (version, lock) => {
    expect(semver.satisfies(version, await yarnOfLock([await folderWith(lock)]))).toBe(true);
  });

  test('is not a release that would rewrite it', async () => {
    expect(semver.satisfies('4.18.1', await yarnOfLock([await folderWith(berry(8))]))).toBe(false);
  });

  test('is found in a folder above, and is version 1 without any', async () => {
    const empty = await temporaryFolder();
    expect(await yarnOfLock([empty, await folderWith(berry(6))])).toBe('>=3.2.0 <4.0.0');
    expect(await yarnOfLock([empty])).toBe('1');
  });
});
