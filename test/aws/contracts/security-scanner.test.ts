import { describe, expect, test } from '@jest/globals';
import { awsSecurityScanner } from '../../../src/adapters/aws/security-scanner.ts';
import { securityScannerContract } from '../../contracts/security-scanner.contract.ts';
import { memoryTree } from '../../fixtures/memory-tree.ts';

const SHOP = memoryTree({
  'package.json': '{"name":"shop","dependencies":{"lodash":"4.17.11"}}',
  'package-lock.json': JSON.stringify({
    name: 'shop',
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { lodash: '4.17.11' } },
      'node_modules/lodash': { version: '4.17.11', integrity: 'sha512-aaaa' },
    },
  }),
});

describe('security scanner of a function', () => {
  securityScannerContract(async () => awsSecurityScanner({}));

  test('says that the registry is out of reach', async () => {
    const scanner = awsSecurityScanner({ npm_config_registry: 'http://127.0.0.1:1/' });
    expect(await scanner.dependencies(SHOP, '.')).toEqual({
      audited: false,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('ends npm when it is cancelled', async () => {
    const cancel = new AbortController();
    const audit = awsSecurityScanner({ npm_config_registry: 'http://127.0.0.1:1/' }).dependencies(
      SHOP,
      '.',
      cancel.signal,
    );
    setImmediate(() => cancel.abort());
    await expect(audit).rejects.toMatchObject({ name: 'Cancelled' });
  });
});
