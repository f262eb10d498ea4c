import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { historyDocument } from '../../src/contracts/api.ts';
import { deploymentDocument, errorDocument } from '../../src/contracts/deployment.ts';
import { modelCostsDocument } from '../../src/contracts/models.ts';
import { fails } from '../bedrock/answer.ts';
import { type BedrockServer, startBedrock } from '../bedrock/bedrock-server.ts';
import type { Script } from '../bedrock/script.ts';
import { SERVICE_ERRORS } from '../bedrock/service-error.ts';
import { type Files, gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, runCli } from '../fixtures/hivemind-cli.ts';
import { attentiveModel } from '../fixtures/models/attentive-model.ts';
import { SHOP, SHOP_CHOICES, SHOP_KEY } from '../fixtures/models/shop.ts';

const PRIMARY = 'global.anthropic.claude-sonnet-5-5';
const CHEAP = 'amazon.nova-micro-v1:0';
const SECRET = 'zR7qLw3VtYp9KdN2xBfH';

const RIDDLE = {
  ...SHOP,
  'server.js': "console.log('the gyroscope has not settled'); process.exitCode = 3;",
};
const ATTENTIVE = attentiveModel({
  choices: SHOP_CHOICES,
  standsOut: 'the shop has opened its doors',
  diagnosis: { cause: 'app_slow_start', quote: 'the gyroscope has not settled' },
});

const doctorDocument = z.object({
  checks: z.array(z.object({ name: z.string(), status: z.string(), detail: z.string() })),
});

interface OperatorOptions {
  /** What the models answer. */
  readonly script?: Script;
  /** Of the server, beside those that name the models. */
  readonly variables?: NodeJS.ProcessEnv;
}

/** An operator whose server asks the models of a stand-in for Bedrock. */
function operatorWith({ script, variables }: OperatorOptions) {
  const home = homeOfSuite();
  let server: BedrockServer | undefined;
  beforeAll(async () => {
    server = await startBedrock(script === undefined ? {} : { script });
  });
  afterAll(() => server?.close());
  const bedrock = (): BedrockServer => {
    if (server === undefined) throw new Error('Bedrock is there from the first test on');
    return server;
  };
  const hivemind = (...args: readonly string[]) =>
    runCli(args, {
      home: home(),
      env: {
        ...bedrock().environment,
        HIVEMIND_MODEL: PRIMARY,
        HIVEMIND_MODEL_CHEAP: CHEAP,
        ...variables,
      },
    });
  return {
    bedrock,
    hivemind,
    deploy: async (files: Files, name: string, ...options: readonly string[]) => {
      const { folder } = await gitRepository(files);
      const result = await hivemind('deploy', folder, '--name', name, '--stage-1', ...options, '--json');
      return { ...result, deployment: deploymentDocument.parse(result.json()).deployment };
    },
    costs: async (...options: readonly string[]) =>
      modelCostsDocument.parse((await hivemind('costs', ...options, '--json')).json()),
    doctor: async () => {
      const { checks } = doctorDocument.parse((await hivemind('doctor', '--json')).json());
      return (name: string) => checks.find((check) => check.name === name);
    },
    /** Who decided, and what, as the history tells it. */
    decisions: async (name: string) => {
      const { events } = historyDocument.parse((await hivemind('history', name, '--json')).json());
      return events.filter(({ type }) => type === 'decision').map(({ actor, message }) => [actor, message]);
    },
  };
}

const ROUTES = "no model proposed checks of the application's own routes";

/** The part that models would have had, as the history tells it when none of them answered. */
const byRules = (reason: RegExp) => [
  [
    'recon',
    expect.stringMatching(new RegExp(`; rules decided, as no model answered \\((?:${reason.source})\\)$`)),
  ],
  ['sheriff', expect.stringMatching(/^no model explained the findings \(.*\): rules decided$/)],
  ['qa', expect.stringMatching(new RegExp(`^${ROUTES} \\((?:${reason.source})\\): rules decided$`))],
  ['ops', expect.stringMatching(/^no model looked for what stands out \(.*\): rules decided$/)],
];

describe('with models that answer', () => {
  const { bedrock, deploy, costs, doctor, hivemind, decisions } = operatorWith({ script: ATTENTIVE });
  let result: Awaited<ReturnType<typeof deploy>>;
  beforeAll(async () => {
    result = await deploy(SHOP, 'shop', '--env', `SHOP_KEY=${SECRET}`);
  }, 90_000);

  test('a deployment has what they decided and proposed', () => {
    const { code, deployment } = result;
    expect([code, deployment.status, deployment.failure]).toEqual([0, 'ACTIVE', undefined]);
    const checks = deployment.verification.map(({ id, result: outcome }) => [id, outcome]);
    expect(checks).toContainEqual(['route:/list', 'pass']);
  });

  test('what was served is on record', async () => {
    const { total, failures } = await costs();
    const served = bedrock().totals();
    expect(total).toMatchObject({
      calls: served.calls,
      inputTokens: served.inputTokens,
      outputTokens: served.outputTokens,
      cacheReadTokens: served.cacheReadTokens,
      cacheWriteTokens: served.cacheWriteTokens['5m'],
    });
    expect(total.costUsd).toBeGreaterThan(0);
    expect(failures).toBe(0);
    const { groups, levels } = await costs('--by', 'agent', '--deployment', 'shop');
    expect(groups.map(({ name }) => name).sort()).toEqual(['ops', 'qa', 'recon', 'sheriff']);
    expect(levels).toEqual({ primary: 2, second: 0, cheap: 2, rules: 0 });
    const byModel = await costs('--by', 'model');
    expect(byModel.groups.map(({ name, inputTokens }) => [name, inputTokens]).sort()).toEqual(
      [CHEAP, PRIMARY].map((id) => [`bedrock:${id}`, bedrock().totals(id).inputTokens]),
    );
  });

  test('no secret has left', () => {
    const requests = JSON.stringify(bedrock().requests);
    expect(requests).toContain('catalogue');
    expect(requests).not.toContain(SECRET);
    expect(requests).not.toContain(SHOP_KEY);
  });

  test('who decided what is told, in the history, the report and the log of each agent', async () => {
    expect(await decisions('shop')).toEqual([
      ['recon', expect.stringMatching(/; a model decided healthCheckPath \(0\.79, server\.js:4\)$/)],
      ['sheriff', expect.stringMatching(/^a model explained .*HM-SRC-1.* \(79 % sure\): see the report$/)],
      ['qa', "routes of the application's own that a model proposed to look at: /list"],
      ['ops', expect.stringContaining(`a model says (79 % sure, bedrock:${CHEAP}): "`)],
    ]);
    const { stdout: report } = await hivemind('report', 'shop');
    expect(report).toContain(`a model says (79 % sure, bedrock:${PRIMARY}): "`);
    expect(report).toContain('the log: "the shop has opened its doors"');
    const { stdout: log } = await hivemind('logs', 'shop', '--agent', 'recon');
    expect(log).toContain(`what rules left open in a plan: bedrock:${PRIMARY} (primary), answered, `);
  });

  test('doctor shows the models and what is left of the budget', async () => {
    const check = await doctor();
    expect(check('models')).toMatchObject({
      status: 'ok',
      detail: `primary bedrock:${PRIMARY}, cheap bedrock:${CHEAP}`,
    });
    expect(check('model budget')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(' of $5.00 '),
    });
  });

  test('a failure that rules cannot name gets a cause, and the operator is asked in our words', async () => {
    const { deployment } = await deploy(RIDDLE, 'riddle');
    expect(deployment).toMatchObject({
      status: 'AWAITING_FIX',
      failure: { code: 'StartFailed', diagnosis: { cause: 'app_slow_start', confidence: 0.79 } },
      fixes: [{ status: 'PROPOSED', isAsked: true, does: 'give the application 120 s to start' }],
    });
    expect(await decisions('riddle')).toContainEqual([
      'medic',
      expect.stringMatching(
        /^the application was still starting .*; a model named the cause \(bedrock:.*\)$/,
      ),
    ]);
    const [fix] = deployment.fixes;
    expect(fix?.explanation).toMatch(
      /^the application was still starting when the check gave up, as a model reads the log \(bedrock:\S+\): /,
    );
    expect(await hivemind('reject', fix?.id ?? '')).toMatchObject({ code: 0 });
  });
});

describe('with models that are down', () => {
  const { deploy, costs, doctor, decisions } = operatorWith({ script: fails(SERVICE_ERRORS.internal) });

  test('a deployment goes on by rules, and doctor shows whose breakers are open', async () => {
    const { code, deployment } = await deploy(SHOP, 'shop');
    expect([code, deployment.status, deployment.failure]).toEqual([0, 'ACTIVE', undefined]);
    expect(await decisions('shop')).toEqual(byRules(/unavailable|breaker-open/));
    const { total, levels } = await costs();
    expect(total).toMatchObject({ costUsd: 0, inputTokens: 0, outputTokens: 0 });
    expect(levels).toEqual({ primary: 0, second: 0, cheap: 0, rules: 4 });
    expect((await doctor())('models')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(
        /^primary .* \(its breaker is open after 3 failures\), cheap .*open after 3/,
      ),
    });
  });
});

describe('without a budget', () => {
  const { bedrock, deploy, costs, doctor, decisions } = operatorWith({
    variables: { HIVEMIND_MODEL_BUDGET_DAY: '0' },
  });

  test('a deployment goes on by rules, and no model is asked', async () => {
    const { code, deployment } = await deploy(SHOP, 'shop');
    expect([code, deployment.status, deployment.failure]).toEqual([0, 'ACTIVE', undefined]);
    expect(await decisions('shop')).toEqual(byRules(/budget/));
    expect(bedrock().received).toBe(0);
    expect((await costs()).levels).toEqual({ primary: 0, second: 0, cheap: 0, rules: 4 });
    expect((await doctor())('model budget')).toMatchObject({
      status: 'warn',
      detail: 'today: $0.00 of $0.00 (100 %)',
    });
  });
});

describe('variables that cannot be understood', () => {
  const { hivemind } = operatorWith({ variables: { HIVEMIND_MODEL: 'nobody:x' } });

  test('are named, and no server starts with them', async () => {
    const { folder } = await gitRepository(SHOP);
    const { code, stderr } = await hivemind('deploy', folder, '--name', 'shop', '--json');
    expect(code).toBe(2);
    expect(errorDocument.parse(JSON.parse(stderr)).error).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining('HIVEMIND_MODEL'),
    });
    const { code: found, stdout } = await hivemind('doctor');
    expect([found, stdout]).toEqual([1, expect.stringMatching(/models .*HIVEMIND_MODEL/)]);
  });
});
