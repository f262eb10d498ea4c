import { describe, expect, test } from '@jest/globals';
import {
  deploymentNameFrom,
  newDeploymentId,
  parseDeploymentName,
  printable,
} from '../../../src/domain/deployment.ts';
import fc from '../../fixtures/properties.ts';

describe('deployment names', () => {
  test.each(['shop', 'a', 'shop-api-2', 'x'.repeat(40)])('accepts %s', (name) => {
    expect(parseDeploymentName(name)).toBe(name);
  });

  test.each([
    '',
    '../x',
    'x'.repeat(200),
    'Shop',
    '-shop',
    'shop-',
    'a--b',
    '1shop',
    'sh op',
    'shop\n',
    'sho\u200bp',
  ])('fails with InvalidName for %j', (name) => {
    expect(() => parseDeploymentName(name)).toThrow(expect.objectContaining({ name: 'InvalidName' }));
  });

  test('are made from any text or not at all', () => {
    expect(deploymentNameFrom('My Shop!.git')).toBe('my-shop');
    expect(deploymentNameFrom('...')).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = deploymentNameFrom(text);
        if (name !== undefined) expect(parseDeploymentName(name)).toBe(name);
      }),
    );
  });

  test('give ids that are path segments', () => {
    expect(newDeploymentId('shop', 'deploy-1')).toMatch(/^shop-[a-z2-9]{6}$/);
  });

  test('give the same id to an execution that begins twice', () => {
    expect(newDeploymentId('shop', 'deploy-1')).toBe(newDeploymentId('shop', 'deploy-1'));
    expect(newDeploymentId('shop', 'deploy-2')).not.toBe(newDeploymentId('shop', 'deploy-1'));
  });
});

test('printable text holds no control characters', () => {
  expect(printable('a\u001b[31mb\u202ec')).toBe('a\\u001b[31mb\\u202ec');
});
