import { Hono } from 'hono';
import { fixAnswerRequest, retryRequest } from '../../src/contracts/fix-requests.ts';
import { type AnswerFixPorts, answerFix } from '../../src/operations/answer-fix.ts';
import { findFix } from '../../src/operations/find-fix.ts';
import { fixView, listFixes, openQuestions } from '../../src/operations/list-fixes.ts';
import type { StartDeployPorts } from '../../src/operations/start-deploy.ts';
import { startRetry } from '../../src/operations/start-retry.ts';
import { actorOf } from './access.ts';
import { parseBody } from './request-body.ts';

/** Proposed fixes, by their id or by the name of a deployment that has one open question. */
export function fixRoutes(platform: AnswerFixPorts): Hono {
  const routes = new Hono();
  const { store, clock } = platform;
  routes.get('/', async (context) =>
    context.json({ fixes: (await openQuestions(store, clock.now())).map(fixView) }),
  );
  routes.get('/:id', async (context) =>
    context.json({ fix: fixView(await findFix(platform, context.req.param('id'))) }),
  );
  routes.post('/:id/answer', async (context) => {
    const request = await parseBody(context, fixAnswerRequest);
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    const fix = await answerFix(platform, context.req.param('id'), request, actor);
    return context.json({ fix: fixView(fix) });
  });
  return routes;
}

/** What was tried about one deployment, and trying again. */
export function deploymentFixRoutes(platform: StartDeployPorts): Hono {
  const routes = new Hono();
  routes.get('/:name/fixes', async (context) =>
    context.json({ fixes: await listFixes(platform.store, context.req.param('name')) }),
  );
  routes.post('/:name/retry', async (context) => {
    const request = await parseBody(context, retryRequest);
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    return context.json(await startRetry(platform, context.req.param('name'), request, actor), 202);
  });
  return routes;
}
