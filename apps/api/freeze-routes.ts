import { Hono } from 'hono';
import { freezeRequest } from '../../src/contracts/api.ts';
import { freeze } from '../../src/operations/freeze.ts';
import { resume } from '../../src/operations/resume.ts';
import { actorOf } from './access.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';
import { parseBody } from './request-body.ts';

/** The emergency stop, which is one for everything. */
export function freezeRoutes(platform: ControlPlanePlatform): Hono {
  const routes = new Hono();
  const { store } = platform;
  routes.get('/', async (context) => {
    const [standing, running] = await Promise.all([
      store.findFreeze(),
      store.listExecutions({ status: 'RUNNING' }),
    ]);
    return context.json({ freeze: standing ?? null, running: running.length });
  });
  routes.put('/', async (context) => {
    const { reason } = await parseBody(context, freezeRequest);
    return context.json(await freeze(platform, reason, actorOf(context.req.header('x-hivemind-actor'))));
  });
  routes.delete('/', async (context) => {
    const resumed = await resume(platform, actorOf(context.req.header('x-hivemind-actor')));
    const failures = resumed.failures.map(({ code, message, hint }) => ({ code, message, hint }));
    return context.json({ ...resumed, freeze: resumed.freeze ?? null, failures });
  });
  return routes;
}
