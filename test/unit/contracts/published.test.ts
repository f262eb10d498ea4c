import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { publishedSchemas } from '../../../src/contracts/published.ts';
import { FAILURE_KINDS } from '../../../src/domain/errors.ts';

const docs = new URL('../../../docs/', import.meta.url);

test('published schemas are those of the contracts', async () => {
  const schemas = publishedSchemas();
  const files = await readdir(new URL('schemas/', docs));
  expect(files.sort()).toEqual(
    Object.keys(schemas)
      .map((name) => `${name}.schema.json`)
      .sort(),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    const published: unknown = JSON.parse(
      await readFile(new URL(`schemas/${name}.schema.json`, docs), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});

test('every error code is documented as it is', async () => {
  const text = await readFile(new URL('errors.md', docs), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\w+) \| (\d) \|/gm)].map(([, code, fault, exit]) => [
    code,
    fault,
    Number(exit),
  ]);
  expect(rows.sort()).toEqual(
    Object.entries(FAILURE_KINDS)
      .map(([code, { fault, exit }]) => [code, fault, exit])
      .sort(),
  );
});
