import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readEnvironmentFile } from '../../../../apps/cli/environment-file.ts';
import fc from '../../../fixtures/properties.ts';
import { temporaryFolder } from '../../../fixtures/temporary-home.ts';

async function read(text: string): Promise<Record<string, string>> {
  const file = join(await temporaryFolder(), '.env');
  await writeFile(file, text);
  return await readEnvironmentFile(file);
}

describe('readEnvironmentFile', () => {
  test('reads what people write', async () => {
    const text = [
      '\ufeff# comment',
      '',
      'PLAIN=value # remark',
      'export EXPORTED=yes',
      "SINGLE='$HOME stays'",
      'KEY="-----BEGIN',
      'not = a variable',
      '-----END"',
      'EMPTY=',
      'URL=postgres://u:p@host/db?a=b',
      'ESCAPED="say \\"hi\\""',
      'LAST=1',
    ];
    expect(await read(text.join('\r\n'))).toMatchObject({
      PLAIN: 'value',
      EXPORTED: 'yes',
      SINGLE: '$HOME stays',
      KEY: '-----BEGIN\nnot = a variable\n-----END',
      EMPTY: '',
      URL: 'postgres://u:p@host/db?a=b',
      LAST: '1',
    });
  });

  test.each([
    ['a line without equals sign', 'A=1\nnonsense-and-secret\n', 2],
    ['a name that is none', '\n\n1A=secret\n', 3],
    ['a quote that stays open', 'A=1\nB="secret\nC=2\n', 2],
    ['no name', '=secret', 1],
    ['a variable that HiveMind sets', 'A=1\nexport PORT=secret', 2],
  ])('fails with the line of %s, without its text', async (_, text, line) => {
    const failure = await read(text).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'InvalidEnvironmentFile',
      message: expect.stringContaining(`line ${line} of`),
    });
    expect(String(failure)).not.toContain('secret');
  });

  test('fails with a folder', async () => {
    await expect(readEnvironmentFile(await temporaryFolder())).rejects.toMatchObject({
      code: 'InvalidEnvironmentFile',
      message: expect.stringContaining('it is a folder'),
    });
  });

  test('gives back every quoted value', async () => {
    const value = fc.string({ unit: fc.constantFrom('a', ' ', '#', '=', '"', '$', '\n', 'é') });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 4 }), async (values) => {
        const text = values.map((each, index) => `K${index}='${each}'`).join('\n');
        const found = await read(text);
        expect(found).toEqual(Object.fromEntries(values.map((each, index) => [`K${index}`, each])));
      }),
      { numRuns: 50 },
    );
  });
});
