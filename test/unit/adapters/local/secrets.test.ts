import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { localSecrets } from '../../../../src/adapters/local/secrets.ts';
import fc from '../../../fixtures/properties.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('writes files only their owner can read', async () => {
  const home = await temporaryHome();
  await localSecrets(home).put('shop-abc234', 'environment', { KEY: 'value' });

  const folder = home.folder('secrets', 'shop-abc234');
  const [file = ''] = readdirSync(folder);
  expect(modeOf(folder)).toBe('700');
  expect(modeOf(join(folder, file))).toBe('600');
  expect(modeOf(home.folder('secrets', '.digest-key'))).toBe('600');
});

test('gives another reference in every home', async () => {
  const [one, two] = [await temporaryHome(), await temporaryHome()];
  const values = { PIN: '1234' };

  const references = [
    await localSecrets(one).put('shop-abc234', 'environment', values),
    await localSecrets(two).put('shop-abc234', 'environment', values),
  ];

  expect(new Set(references).size).toBe(2);
});

test('survives two writers of the first secret', async () => {
  const home = await temporaryHome();
  const references = await Promise.all(
    Array.from({ length: 8 }, () => localSecrets(home).put('shop-abc234', 'environment', { A: '1' })),
  );

  expect(new Set(references).size).toBe(1);
  expect(await localSecrets(home).list('shop-abc234')).toHaveLength(1);
});

test('fails with SecretNotFound without quoting damaged values', async () => {
  const home = await temporaryHome();
  const reference = await localSecrets(home).put('shop-abc234', 'environment', { KEY: 'hunter2' });
  const [file = ''] = readdirSync(home.folder('secrets', 'shop-abc234'));
  writeFileSync(home.folder('secrets', 'shop-abc234', file), 'hunter2');

  const failure: unknown = await localSecrets(home)
    .get(reference)
    .catch((error: unknown) => error);

  expect(failure).toMatchObject({ name: 'SecretNotFound' });
  expect(inspect(failure)).not.toContain('hunter2');
});

test('fails with InvalidInput for names that leave the folder', async () => {
  const secrets = localSecrets(await temporaryHome());
  const segment = fc.constantFrom(
    '..',
    '.',
    '../x',
    'a/b',
    'a\\b',
    '.hidden',
    'a\0b',
    '',
    'ä',
    'a'.repeat(300),
  );

  await fc.assert(
    fc.asyncProperty(segment, async (bad) => {
      await expect(secrets.put(bad, 'x', {})).rejects.toMatchObject({ name: 'InvalidInput' });
      await expect(secrets.put('shop', bad, {})).rejects.toMatchObject({ name: 'InvalidInput' });
      await expect(secrets.list(bad)).rejects.toMatchObject({ name: 'InvalidInput' });
      await expect(secrets.removeAll(bad)).rejects.toMatchObject({ name: 'InvalidInput' });
    }),
  );
});
