import { beforeEach, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { deploymentFixRoutes, fixRoutes } from '../../../../apps/api/fix-routes.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { localSecrets } from '../../../../src/adapters/local/secrets.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import { startedDocument } from '../../../../src/contracts/api.ts';
import { fixDocument, fixListDocument } from '../../../../src/contracts/fix.ts';
import { asHiveMindError } from '../../../../src/domain/errors.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../../fixtures/proposed-fix.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const FIX = aProposedFix({ taskToken: 'never shown' });

let app: Hono;
let store: ReturnType<typeof localDeploymentStore>;

beforeEach(async () => {
  const clock = stillClock();
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  await store.createDeployment(aDeployment({ status: 'AWAITING_FIX' }));
  await store.createExecution(anExecution());
  await store.putFix(FIX);
  const nothing = async () => undefined;
  const platform = {
    target: 'local' as const,
    store,
    clock,
    secrets: localSecrets(await temporaryHome()),
    runner: { start: nothing, cancel: nothing, answer: nothing },
  };
  app = new Hono()
    .route('/v1/fixes', fixRoutes(platform))
    .route('/v1/deployments', deploymentFixRoutes(platform));
  app.onError((error, context) => context.json({ code: asHiveMindError(error).code }, 500));
});

const post = (path: string, body: object) =>
  app.request(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'x-hivemind-actor': 'ada@here' },
  });

describe('the routes of fixes', () => {
  test.each([`/v1/fixes/${FIX.id}`, '/v1/fixes/shop'])('show one without its token: %s', async (path) => {
    const text = await (await app.request(path)).text();
    expect(fixDocument.parse(JSON.parse(text)).fix).toMatchObject({ id: FIX.id, digest: FIX.digest });
    expect(text).not.toContain('never shown');
  });

  test.each(['/v1/fixes', '/v1/deployments/shop/fixes'])('list them: %s', async (path) => {
    const text = await (await app.request(path)).text();
    expect(fixListDocument.parse(JSON.parse(text)).fixes).toMatchObject([{ id: FIX.id }]);
    expect(text).not.toContain('never shown');
  });

  test('take an answer from who gives it', async () => {
    const answer = await post(`/v1/fixes/${FIX.id}/answer`, { approve: true, digest: FIX.digest });
    const { fix } = fixDocument.parse(await answer.json());
    expect(fix).toMatchObject({ status: 'APPROVED', answer: { by: 'ada@here', approved: true } });
  });

  test.each([
    ['no digest', { approve: true }, 'InvalidInput'],
    ['a digest that is none', { approve: true, digest: 'abc' }, 'InvalidInput'],
    ['the digest of another fix', { approve: true, digest: 'f'.repeat(64) }, 'FixChanged'],
    [
      'a variable of the platform',
      { approve: true, digest: FIX.digest, environment: { PORT: '1' } },
      'InvalidInput',
    ],
  ])('refuse %s', async (_what, body, code) => {
    const answer = await post(`/v1/fixes/${FIX.id}/answer`, body);
    expect(await answer.json()).toEqual({ code });
    expect(await store.listFixes(FIX.executionId)).toMatchObject([{ status: 'PROPOSED' }]);
  });

  test('retry what failed', async () => {
    await store.updateExecution(FIX.executionId, { status: 'FAILED' });
    const answer = await post('/v1/deployments/shop/retry', { plan: { start: 'node a.js' } });
    expect(answer.status).toBe(202);
    const { executionId } = startedDocument.parse(await answer.json());
    expect(await store.findExecution(executionId)).toMatchObject({
      settings: { plan: { start: 'node a.js' } },
    });
  });
});
