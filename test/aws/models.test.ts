import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { awsModelLedger } from '../../src/adapters/aws/model-ledger.ts';
import { modelCostsDocument } from '../../src/contracts/models.ts';
import { type BedrockServer, startBedrock } from '../bedrock/bedrock-server.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { attentiveModel } from '../fixtures/models/attentive-model.ts';
import { SHOP, SHOP_CHOICES } from '../fixtures/models/shop.ts';
import { openedForAll } from '../fixtures/opened-for-all.ts';
import { sessionIn } from './aws-session.ts';
import { platformAndOperator } from './platform-and-operator.ts';
import { quickBuild } from './quick-build.ts';

const MINUTE = 60_000;
const PRIMARY = 'global.anthropic.claude-sonnet-5-5';
const CHEAP = 'amazon.nova-micro-v1:0';

/** A control plane whose agents ask the models of a stand-in for Bedrock. */
const suite = openedForAll({
  open: async () => {
    const bedrock = await startBedrock({
      script: attentiveModel({ choices: SHOP_CHOICES, standsOut: 'requests' }),
    });
    const opened = await platformAndOperator({
      carriesRuntime: false,
      build: quickBuild,
      models: JSON.stringify({ HIVEMIND_MODEL: PRIMARY, HIVEMIND_MODEL_CHEAP: CHEAP }),
      environment: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url },
    });
    return { ...opened, bedrock };
  },
  close: async ({ platform, bedrock }) => {
    await platform.close();
    await bedrock.close();
  },
  timeoutMilliseconds: MINUTE,
});

test(
  'the functions ask the models of the control plane, and the ledger in the table has what was served',
  async () => {
    const { operate, platform, bedrock } = suite();
    const { folder } = await gitRepository(SHOP);
    const { code, out, err } = await operate('deploy', folder, '--name', 'shop', '--stage-1', '--verbose');
    expect([code, out]).toEqual([0, expect.stringContaining('shop is live')]);
    expect(err).toContain('a model decided healthCheckPath (0.79, server.js:4)');
    expect(err).toMatch(/a model explained .*HM-SRC-1.* \(79 % sure\): see the report/);

    const { account, controlPlane, store } = platform;
    const deployment = await store.findDeployment('shop');
    expect(deployment).toMatchObject({ status: 'ACTIVE', target: 'aws' });
    const client = new DynamoDBClient(account.settings);
    const ledger = awsModelLedger({ client, table: controlPlane.table, clock: systemClock });
    const calls = await ledger.list({ since: '2026-01-01T00:00:00.000Z' });
    const lines = calls.map(({ model, usage, isEstimated }) => ({ model, usage, isEstimated }));
    const served = bedrock.served.map(({ modelId, usage }) => ({
      model: `bedrock:${modelId}`,
      usage,
      isEstimated: false,
    }));
    expect(lines.toReversed()).toEqual(served);
    expect(new Set(calls.map(({ agent }) => agent))).toEqual(new Set(['recon', 'sheriff', 'qa']));
    await costsAreServed(bedrock);
  },
  4 * MINUTE,
);

/** The operator's own command reads the same ledger. */
async function costsAreServed(bedrock: BedrockServer): Promise<void> {
  const { platform, home } = suite();
  const session = await sessionIn(platform.proxy.account, { home });
  expect(await session.run('costs', '--target', 'aws', '--json')).toBe(0);
  const { total, groups } = modelCostsDocument.parse(JSON.parse(session.stdout.text));
  const { calls, inputTokens, outputTokens } = bedrock.totals();
  expect(total).toMatchObject({ calls, inputTokens, outputTokens });
  expect(groups.map(({ name }) => name).sort()).toEqual(['qa', 'recon', 'sheriff']);
}
