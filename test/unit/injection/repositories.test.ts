import { expect, test } from '@jest/globals';
import { noModel } from '../../../src/adapters/anywhere/language-model.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import { attacksOn } from '../../fixtures/models/attacks.ts';
import { analysed, type Files } from './attacked-analysis.ts';
import { attackedGateway, expectNothingLeaked, expectPlainWords, textOf } from './attacked-gateway.ts';
import { type Gullible, gullible, type ToolCall } from './gullible-model.ts';
import { PLANTED_LINES, PLANTED_TEXT } from './planted-secrets.ts';
import { REPOSITORY_ATTACKS } from './repository-attacks.ts';

/** Secrets where people leave them: in what is read by rules, in what a tool may read, and in what nobody may. */
const withSecrets = (files: Files): Files => ({
  ...files,
  'README.md': `${String(files['README.md'] ?? '# Shop\n')}\n${PLANTED_TEXT}`,
  'config/keys.js': PLANTED_LINES.map((line) => `// ${line}\n`).join(''),
  '.env': `${String(files['.env'] ?? '')}${PLANTED_TEXT}`,
});

const READS = [
  'README.md',
  'config/keys.js',
  '.env',
  '../../etc/passwd',
  '/proc/self/environ',
  'config/../.env',
];
const callsFor = (paths: readonly string[]): readonly ToolCall[] =>
  paths.map((path) => ({ name: 'read_file', input: { path } }));

/** The same repository with a model that believes everything, and by rules. */
async function both(files: Files, wanted: Gullible, description?: string) {
  const repository = withSecrets(files);
  const gateway = attackedGateway(gullible(wanted));
  const attacked = await analysed(repository, gateway, gateway.model, description);
  const byRules = await analysed(
    repository,
    { database: openStateDatabase(':memory:') },
    noModel,
    description,
  );
  return { gateway, attacked, byRules };
}

test.each(attacksOn('recon').map((attack) => [attack.attack, attack] as const))(
  'the plan stays that of the rules when %s',
  async (_, { files, description, reads, answer, mustNotSay, secret }) => {
    const wanted = {
      calls: callsFor([...READS, ...reads]),
      answer: () => JSON.parse(JSON.stringify(answer)),
    };
    const { gateway, attacked, byRules } = await both(files, wanted, description);
    expect(attacked.plan).toEqual(byRules.plan);
    expect(attacked.answer).toEqual(byRules.answer);
    expectNothingLeaked(gateway, attacked);
    expectPlainWords(attacked.events.map(textOf));
    for (const part of [...mustNotSay, ...(secret === undefined ? [] : [secret])]) {
      expect(textOf([attacked.plan, attacked.events, attacked.logged])).not.toContain(part);
    }
    expect(secret !== undefined && gateway.sent()[0]?.includes(secret)).toBe(false);
  },
);

test.each(REPOSITORY_ATTACKS.map((attack) => [attack.attack, attack] as const))(
  'the plan has nothing without evidence when %s',
  async (_, { files, calls = [], answer, proven = {}, description }) => {
    const wanted = { calls: [...callsFor(READS), ...calls], answer: () => answer };
    const { gateway, attacked, byRules } = await both(files, wanted, description);
    expect(gateway.sent().length).toBeGreaterThan(0);
    expect(attacked.plan).toEqual(byRules.plan && { ...byRules.plan, ...proven });
    expectNothingLeaked(gateway, attacked);
    expectPlainWords(attacked.events.map(textOf));
  },
);

test('files that hold secrets and what is outside of the commit are never read', async () => {
  const { gateway } = await both(
    {
      'package.json': { name: 'shop', scripts: { start: 'node server.js' } },
      'server.js': "app.get('/api/orders', list);\napp.listen(process.env.PORT);\n",
    },
    { calls: callsFor(READS), answer: () => ({ choices: [] }) },
  );
  const results = gateway.sent().join('\n');
  expect(results).toContain('answer of read_file');
  expect(results.match(/not available/g)?.length).toBeGreaterThanOrEqual(4);
  expect(results).not.toMatch(/root:x|HOSTNAME=/);
});
