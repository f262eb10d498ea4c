/** Writes the JSON Schemas of what `--json` prints: `npm run docs:schemas`. A test compares them with the contracts. */
import { mkdir, writeFile } from 'node:fs/promises';
import { publishedSchemas } from '../src/contracts/published.ts';

const folder = new URL('../docs/schemas/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(publishedSchemas())) {
  await writeFile(new URL(`${name}.schema.json`, folder), `${JSON.stringify(schema, null, 2)}\n`);
}
