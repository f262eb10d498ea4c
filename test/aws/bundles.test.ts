import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Bundles, makeBundles } from '../../lib/control-plane/bundles.ts';
import { environmentName, FACTS } from '../../lib/control-plane/facts.ts';
import { createTableInput } from '../../src/adapters/aws/deployment-store/table.ts';
import { AGENTS } from '../../src/domain/stage.ts';
import { type Account, openAccount } from './account.ts';

const run = promisify(execFile);

let account: Account;
let bundles: Bundles;

beforeAll(async () => {
  account = await openAccount();
  bundles = await makeBundles();
  await new DynamoDBClient(account.settings).send(new CreateTableCommand(createTableInput('bundles')));
}, 120_000);

afterAll(() => bundles.remove());

/** What the function of an agent throws, as the code that Lambda runs, with the environment that Lambda gives it. */
async function failureOf(agent: string, event: unknown): Promise<string> {
  const file = pathToFileURL(join(bundles.folderOf(agent as 'recon'), 'index.mjs')).href;
  const program = `
    const { handler } = await import(${JSON.stringify(file)});
    const failure = await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 30_000 }).catch((error) => error);
    process.stdout.write('\\nfailure: ' + failure.name, () => process.exit(0));`;
  const facts = FACTS.map((fact) => [environmentName(fact), 'bundles']);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      ...account.environment,
      ...Object.fromEntries(facts),
      HIVEMIND_MODELS: '{"HIVEMIND_MODEL":"global.anthropic.claude-sonnet-5-5"}',
      AWS_LAMBDA_FUNCTION_NAME: `hivemind-${agent}`,
      POWERTOOLS_SERVICE_NAME: agent,
      POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
    },
  });
  return /failure: (\w+)$/.exec(stdout)?.[1] ?? stdout;
}

test.each(AGENTS)(
  'the bundle of %s finds its credentials, its table, and that nothing is in it',
  async (agent) => {
    expect(await failureOf(agent, { executionId: 'e-1', action: 'preview' })).toBe('ExecutionNotFound');
  },
);

test('what is no event of ours has a name too', async () => {
  expect(await failureOf('conductor', { hello: 'world' })).toBe('InvalidInput');
});
