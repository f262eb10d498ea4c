import { expect, test } from '@jest/globals';
import type { SecurityScanner } from '../../src/ports/security-scanner.ts';
import { memoryTree } from '../fixtures/memory-tree.ts';

/** Put together here, so that the text of this file is not a secret itself. */
export const GITHUB_TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'}${'k1L2m3N4o5P6q7R8'}`;

/** What every adapter of the SecurityScanner port does. */
export function securityScannerContract(make: () => Promise<SecurityScanner>): void {
  test('names place and rule of a secret', async () => {
    const scanner = await make();
    const tree = memoryTree({
      'src/clean.js': 'export const answer = 42;\n',
      'src/github.js': `// calls GitHub\nconst token = '${GITHUB_TOKEN}';\n`,
    });

    const findings = await scanner.secrets(tree, '.');

    expect(findings).toMatchObject([{ file: 'src/github.js', line: 2 }]);
  });

  test('never repeats the secret it found', async () => {
    const scanner = await make();
    const tree = memoryTree({ 'config.json': JSON.stringify({ token: GITHUB_TOKEN }) });

    const findings = await scanner.secrets(tree, '.');

    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain(GITHUB_TOKEN.slice(4, 12));
  });

  test('looks below the root only', async () => {
    const scanner = await make();
    const tree = memoryTree({ 'api/a.js': GITHUB_TOKEN, 'api-old/a.js': GITHUB_TOKEN, 'a.js': GITHUB_TOKEN });

    expect(await scanner.secrets(tree, 'api')).toMatchObject([{ file: 'api/a.js' }]);
  });

  test('finds nothing in an empty repository', async () => {
    const scanner = await make();

    expect(await scanner.secrets(memoryTree({}), '.')).toEqual([]);
    expect(await scanner.dependencies(memoryTree({}), '.')).toEqual({ audited: true, findings: [] });
  });

  test('says why dependencies were not audited', async () => {
    const scanner = await make();
    const tree = memoryTree({ 'package.json': '{"dependencies":{"left-pad":"^1.0.0"}}' });

    expect(await scanner.dependencies(tree, '.')).toEqual({
      audited: false,
      reason: expect.stringContaining('lock file'),
    });
  });

  test('fails with Cancelled when it was aborted', async () => {
    const scanner = await make();
    const tree = memoryTree({ 'package.json': '{}' });

    await expect(scanner.dependencies(tree, '.', AbortSignal.abort())).rejects.toMatchObject({
      name: 'Cancelled',
    });
  });
}
