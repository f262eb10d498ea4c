import { beforeEach, describe, expect, test } from '@jest/globals';
import { fixAnswerRequest } from '../../../src/contracts/fix-requests.ts';
import type { Execution } from '../../../src/domain/execution.ts';
import type { Fix } from '../../../src/domain/fix.ts';
import { type AnswerFixPorts, answerFix } from '../../../src/operations/answer-fix.ts';
import { findFix } from '../../../src/operations/find-fix.ts';
import { listFixes, openQuestions } from '../../../src/operations/list-fixes.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../fixtures/proposed-fix.ts';
import { operationPorts } from './operation-ports.ts';

const ID = 'shop-abc234';
const ACTOR = 'ada@localhost';

let ports: AnswerFixPorts;
let answers: readonly unknown[];

beforeEach(async () => {
  ({ ports, answers } = await operationPorts());
});

async function asked(change: Partial<Fix> = {}, execution: Partial<Execution> = {}): Promise<Fix> {
  const fix = aProposedFix({ taskToken: 'token-1', ...change });
  await ports.store.createDeployment(aDeployment({ id: ID, status: 'AWAITING_FIX' }));
  await ports.store.createExecution({ ...anExecution(), ...execution } as Execution);
  await ports.store.putFix(fix);
  return fix;
}

const answer = (fix: Pick<Fix, 'id' | 'digest'>, request: object = {}, idOrName = fix.id, actor = ACTOR) =>
  answerFix(
    ports,
    idOrName,
    fixAnswerRequest.parse({ approve: true, digest: fix.digest, ...request }),
    actor,
  );

const statusOf = async ({ id }: Fix) => (await findFix(ports, id)).status;

describe('answerFix', () => {
  test.each([
    [true, 'APPROVED', 'approved: '],
    [false, 'REJECTED', 'rejected: '],
  ])('tells the workflow once: approved %s', async (approve, status, words) => {
    const fix = await asked();
    const answered = await answer(fix, { approve });
    expect(answered).toMatchObject({ status, answer: { by: ACTOR, approved: approve } });
    expect(answers).toEqual([[fix.executionId, 'token-1', { approved: approve }]]);
    const events = await ports.store.listEvents({ executionId: fix.executionId });
    expect(events).toMatchObject([
      {
        type: 'fix.answered',
        actor: ACTOR,
        message: `${words}${fix.does}`,
        data: { fix: fix.id, approved: approve },
      },
    ]);
  });

  test('takes the name of a deployment for its open question', async () => {
    const fix = await asked();
    await answer(fix, {}, 'shop');
    expect(await statusOf(fix)).toBe('APPROVED');
    await expect(answer(fix, {}, 'shop')).rejects.toMatchObject({ code: 'FixNotFound' });
  });

  test.each([
    ['approved', true, { approve: true }],
    ['approved', true, { approve: false }],
    ['rejected', false, { approve: true }],
  ])('is closed once it was %s (%s, then %j)', async (word, first, second) => {
    const fix = await asked();
    await answer(fix, { approve: first });
    await expect(answer(fix, second)).rejects.toMatchObject({
      code: 'FixClosed',
      message: expect.stringContaining(`it was ${word} (${ACTOR}`),
    });
    // The workflow is told the same again, should the first one have died before it could.
    expect(answers).toEqual([0, 1].map(() => [fix.executionId, 'token-1', { approved: first }]));
    expect(await ports.store.listEvents({ executionId: fix.executionId })).toHaveLength(1);
  });

  test('takes only one of two answers at once', async () => {
    const fix = await asked();
    const both = await Promise.allSettled([answer(fix), answer(fix, { approve: false })]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'FixClosed' } });
    expect(await ports.store.listEvents({ executionId: fix.executionId })).toHaveLength(1);
  });

  test('refuses what was not shown', async () => {
    const fix = await asked();
    await expect(answer(fix, { digest: 'f'.repeat(64) })).rejects.toMatchObject({ code: 'FixChanged' });
    expect(await statusOf(fix)).toBe('PROPOSED');
  });

  test.each([['deploy-1.00000000'], ['deploy-9.0123abcd'], ['../../etc.0123abcd']])(
    'knows no forged id: %s',
    async (id) => {
      const fix = await asked();
      await expect(answer(fix, {}, id)).rejects.toMatchObject({ code: 'FixNotFound' });
    },
  );

  test.each<[string, Partial<Fix>, Partial<Execution>, string]>([
    ['whose time is over', { expiresAt: '2020-01-01T00:00:00.000Z' }, {}, 'over at 2020-01-01'],
    ['that nobody is asked about', { isAsked: false, expiresAt: null }, {}, 'applied by itself'],
    ['of a workflow that has ended', {}, { status: 'FAILED' }, 'has ended'],
    ['of a workflow that is being cancelled', {}, { cancelRequested: true }, 'being cancelled'],
  ])('closes a fix %s', async (_what, change, execution, words) => {
    const fix = await asked(change, execution);
    await expect(answer(fix)).rejects.toMatchObject({
      code: 'FixClosed',
      message: expect.stringContaining(words),
    });
    expect(answers).toEqual([]);
  });

  test('closes the question of a deployment that was destroyed', async () => {
    const fix = await asked();
    await ports.store.updateDeployment(ID, { status: 'DESTROYED' });
    await expect(answer(fix)).rejects.toMatchObject({ code: 'FixClosed' });
  });

  test('has nothing to tell a workflow that has not come to its question yet', async () => {
    const fix = await asked({ taskToken: null });
    await answer(fix);
    expect(await statusOf(fix)).toBe('APPROVED');
    expect(answers).toEqual([]);
  });
});

describe('values that only the operator knows', () => {
  const ASKS = { asks: ['DATABASE_URL', 'TOKEN'] };

  test.each([[{}], [{ TOKEN: 't' }], [{ TOKEN: 't', DATABASE_URL: '' }]])(
    'have to be given: %j',
    async (environment) => {
      const fix = await asked(ASKS);
      await expect(answer(fix, { environment })).rejects.toMatchObject({
        code: 'InvalidInput',
        message: expect.stringContaining('DATABASE_URL'),
      });
      expect(await statusOf(fix)).toBe('PROPOSED');
    },
  );

  test('are those of the answer that counts, of several at once', async () => {
    const fix = await asked({ asks: ['TOKEN'] });
    const answers = await Promise.allSettled(
      ['one', 'two', 'three'].map((TOKEN) => answer(fix, { environment: { TOKEN } }, fix.id, TOKEN)),
    );
    const won = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(won).toHaveLength(1);
    const [kept] = await ports.store.listFixes(fix.executionId);
    expect(await ports.secrets.get(kept?.values?.environmentSecret ?? '')).toEqual({
      TOKEN: won[0]?.answer?.by,
    });
  });

  test('join the environment for the fix, and stay out of the history', async () => {
    const environmentSecret = await ports.secrets.put(ID, 'environment', { A: '1' });
    const settings = { ...anExecution().settings, environmentSecret, environmentNames: ['A'] };
    const fix = await asked(ASKS, { settings } as Partial<Execution>);
    await answer(fix, { environment: { DATABASE_URL: 'postgres://secret', TOKEN: 't' } });
    const [{ values } = fix] = await ports.store.listFixes(fix.executionId);
    expect(values?.environmentNames).toEqual(['A', 'DATABASE_URL', 'TOKEN']);
    expect(await ports.secrets.get(values?.environmentSecret ?? '')).toEqual({
      A: '1',
      DATABASE_URL: 'postgres://secret',
      TOKEN: 't',
    });
    const events = await ports.store.listEvents({ executionId: fix.executionId });
    expect(JSON.stringify([events, await listFixes(ports.store, 'shop')])).not.toContain('postgres://secret');
  });

  test('are not wanted for a no, and not beyond what was asked for', async () => {
    const fix = await asked(ASKS);
    const environment = { DATABASE_URL: 'x', TOKEN: 't', PATH_TO: 'y' };
    await expect(answer(fix, { environment })).rejects.toMatchObject({ code: 'InvalidInput' });
    expect(await answer(fix, { approve: false })).toMatchObject({ status: 'REJECTED' });
  });
});

describe('lists', () => {
  test('have every open question, and never a task token', async () => {
    const fix = await asked();
    const now = ports.clock.now();
    expect(await openQuestions(ports.store, now)).toMatchObject([{ id: fix.id }]);
    expect(JSON.stringify(await listFixes(ports.store, 'shop'))).not.toContain('token-1');
    await answer(fix, { approve: false });
    expect(await openQuestions(ports.store, now)).toEqual([]);
    expect(await listFixes(ports.store, 'shop')).toMatchObject([{ id: fix.id, status: 'REJECTED' }]);
  });
});
