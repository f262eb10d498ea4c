import { planOf as planOfDraft } from '../../../../lambdas/recon/plan-builder.ts';
import { type PlanWishes, readDraft } from '../../../../lambdas/recon/plan-draft.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import type { Command, Plan } from '../../../../src/domain/plan.ts';
import type { SourceTree } from '../../../../src/ports/source-repository.ts';
import { memoryTree } from '../../../fixtures/memory-tree.ts';

export type Files = Readonly<Record<string, string | object>>;

/** The plan by rules. */
export async function planFor(tree: SourceTree, wishes: PlanWishes): Promise<Plan> {
  const outcome = planOfDraft(await readDraft(tree, wishes));
  if ('refusal' in outcome) throw outcome.refusal;
  return outcome.plan;
}

export const planOf = (files: Files, settings: Partial<PlanWishes> = {}): Promise<Plan> =>
  planFor(memoryTree(files), { environmentNames: [], ...settings });

/** The error that refuses these files. */
export async function refusalOf(files: Files, settings: Partial<PlanWishes> = {}): Promise<HiveMindError> {
  const outcome = await planOf(files, settings).catch((error: unknown) => error);
  if (outcome instanceof HiveMindError) return outcome;
  throw new Error(`expected a refusal, got ${JSON.stringify(outcome)}`);
}

export const argv = (line: string): Command => ({ kind: 'argv', argv: line.split(' ') });
export const shell = (line: string): Command => ({ kind: 'shell', line });
export const serve = (directory: string, fallback: string | null = null): Command => ({
  kind: 'serve',
  directory,
  fallback,
});

/** A server that answers everything on `$PORT`. */
export const SERVER = `import http from 'node:http';
http.createServer((request, response) => response.end('hello')).listen(process.env.PORT ?? 3000);
`;

export const EXPRESS = `const express = require('express');
const app = express();
app.get('/', (request, response) => response.send('hello'));
app.listen(process.env.PORT || 3000);
`;

/** An Express application with this start script and further files. */
export const express = (manifest: object = {}, files: Files = {}): Files => ({
  'package.json': {
    name: 'shop',
    private: true,
    scripts: { start: 'node server.js' },
    dependencies: { express: '^5.1.0' },
    ...manifest,
  },
  'package-lock.json': { lockfileVersion: 3 },
  'server.js': EXPRESS,
  ...files,
});

export const mainCommand = (plan: Plan): Command | undefined => plan.processes.value[0]?.command;
