import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { default: rules } = (await import(`${ROOT}.dependency-cruiser.mjs`)) as { default: IConfiguration };
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function violations(baseDir: string): Promise<string[]> {
  const { output } = await cruise(['src', 'lambdas', 'apps'], {
    ...rules.options,
    baseDir,
    ruleSet: { forbidden: rules.forbidden ?? [] },
    validate: true,
  });
  const { summary } = output as ICruiseResult;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** A tree with one import in it. */
async function treeWith(from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hivemind-imports-'));
  folders.push(folder);
  for (const name of ['src', 'lambdas', 'apps']) await mkdir(join(folder, name));
  const up = '../'.repeat(from.split('/').length - 1);
  await write(join(folder, to), 'export const it = 1;\n');
  await write(join(folder, from), `import { it } from './${up}${to}';\nconsole.log(it);\n`);
  return folder;
}

async function write(file: string, text: string) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** As a package that is installed. */
const SDK = 'node_modules/@aws-sdk/client-s3/index.ts';
const STRANDS = 'node_modules/@strands-agents/sdk/index.ts';
const COCKATIEL = 'node_modules/cockatiel/index.ts';
const OPENTELEMETRY = 'node_modules/@opentelemetry/api/index.ts';
const BEDROCK = 'node_modules/@aws-sdk/client-bedrock-runtime/index.ts';

describe('direction of imports', () => {
  test('holds in this project', async () => {
    expect(await violations(ROOT)).toEqual([]);
  });

  test.each([
    ['src/domain/plan.ts', 'src/ports/clock.ts', 'domain-is-a-leaf'],
    ['src/contracts/api.ts', 'src/ports/clock.ts', 'contracts-know-the-domain'],
    ['src/ports/clock.ts', 'src/adapters/local/clock.ts', 'ports-know-the-domain'],
    ['src/stages/run.ts', 'src/operations/start.ts', 'stages-know-ports'],
    ['src/operations/start.ts', 'src/adapters/local/clock.ts', 'operations-know-ports'],
    ['src/operations/start.ts', 'lambdas/recon/agent.ts', 'operations-know-ports'],
    ['src/adapters/local/clock.ts', 'src/operations/start.ts', 'adapters-know-ports'],
    ['src/adapters/local/clock.ts', 'lambdas/recon/agent.ts', 'adapters-know-ports'],
    ['src/adapters/local/clock.ts', 'src/adapters/aws/clock.ts', 'platforms-are-apart'],
    ['lambdas/recon/agent.ts', 'src/adapters/local/clock.ts', 'agents-know-ports'],
    ['lambdas/recon/agent.ts', 'src/operations/start.ts', 'agents-know-ports'],
    ['lambdas/recon/agent.ts', 'lambdas/qa/agent.ts', 'agents-are-apart'],
    ['apps/cli/main.ts', 'src/adapters/local/clock.ts', 'only-the-composition-root-wires'],
    ['apps/api/app.ts', 'lambdas/recon/agent.ts', 'only-the-composition-root-wires'],
    ['apps/cli/main.ts', 'apps/api/app.ts', 'clients-are-apart'],
    ['apps/cli/main.ts', 'apps/api/serve.ts', 'entries-are-loaded-when-asked'],
    ['apps/cli/main.ts', 'apps/api/aws-control-plane.ts', 'entries-are-loaded-when-asked'],
    ['lambdas/recon/agent.ts', SDK, 'agents-have-no-sdk'],
    ['src/operations/start.ts', SDK, 'sdk-stays-in-adapters'],
    ['src/adapters/local/clock.ts', SDK, 'sdk-stays-in-adapters'],
    ['apps/api/app.ts', SDK, 'sdk-stays-in-adapters'],
    ['lambdas/conductor/conductor.ts', 'src/adapters/aws/clock.ts', 'conductor-knows-operations'],
    ['lambdas/recon/handler.ts', 'src/adapters/local/clock.ts', 'handlers-know-aws'],
    ['lambdas/recon/handler.ts', 'src/operations/start.ts', 'handlers-know-aws'],
    ['lambdas/recon/agent.ts', STRANDS, 'models-are-asked-by-the-gateway'],
    ['src/adapters/aws/store.ts', BEDROCK, 'models-are-asked-by-the-gateway'],
    ['src/adapters/local/clock.ts', COCKATIEL, 'models-are-asked-by-the-gateway'],
    ['src/operations/start.ts', OPENTELEMETRY, 'models-are-asked-by-the-gateway'],
    [
      'src/adapters/anywhere/clock.ts',
      'src/adapters/anywhere/language-model/gateway.ts',
      'the-gateway-has-one-entry',
    ],
  ])('refuses %s importing %s', async (from, to, rule) => {
    expect(await violations(await treeWith(from, to))).toEqual([`${rule}: ${from} -> ${to}`]);
  });

  test.each([
    ['lambdas/recon/agent.ts', 'src/ports/clock.ts'],
    ['apps/api/local-platform.ts', 'lambdas/recon/agent.ts'],
    ['apps/cli/main.ts', 'src/contracts/api.ts'],
    ['src/adapters/local/clock.ts', 'src/ports/clock.ts'],
    ['apps/api/aws-control-plane.ts', 'src/adapters/aws/clock.ts'],
    ['apps/api/aws-doctor.ts', SDK],
    ['src/adapters/aws/store.ts', SDK],
    ['src/adapters/anywhere/language-model/think.ts', STRANDS],
    ['src/adapters/anywhere/language-model/retries.ts', COCKATIEL],
    ['src/adapters/anywhere/language-model/spans.ts', OPENTELEMETRY],
    ['src/adapters/anywhere/language-model/providers/bedrock.ts', BEDROCK],
    ['lambdas/conductor/conductor.ts', 'src/operations/start.ts'],
    ['lambdas/recon/handler.ts', 'src/adapters/aws/clock.ts'],
    ['lambdas/recon/handler.ts', SDK],
  ])('allows %s importing %s', async (from, to) => {
    expect(await violations(await treeWith(from, to))).toEqual([]);
  });
});
