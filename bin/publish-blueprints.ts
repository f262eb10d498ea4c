/** Writes the templates of the per-deployment stacks: `npm run blueprints`. A test compares them with the constructs. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { synthesizedTemplates } from '../lib/deployment/blueprint-app.ts';

const folder = new URL('../blueprints/', import.meta.url);
const templates = synthesizedTemplates();
await mkdir(folder, { recursive: true });
for (const [name, template] of templates) {
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(template, null, 2)}\n`);
}
for (const file of await readdir(folder)) {
  if (!templates.has(file.replace(/\.json$/, ''))) await rm(new URL(file, folder));
}
