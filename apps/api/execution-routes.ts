import { Hono } from 'hono';
import * as z from 'zod';
import { cancelExecution } from '../../src/operations/cancel-execution.ts';
import {
  describeExecution,
  describePreview,
  describeRemoval,
} from '../../src/operations/describe-execution.ts';
import { actorOf } from './access.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';
import { ndjson } from './ndjson.ts';
import { parseInput } from './request-body.ts';

export function executionRoutes(platform: ControlPlanePlatform): Hono {
  const routes = new Hono();
  const { store, events } = platform;
  routes.get('/:id', async (context) =>
    context.json({ execution: await describeExecution(store, context.req.param('id')) }),
  );
  routes.get('/:id/events', async (context) => {
    const { id } = await describeExecution(store, context.req.param('id'));
    const after = parseInput(context.req.query('after') ?? 0, z.coerce.number().int().min(0));
    return ndjson(context, (signal) => events.of(id, after, signal));
  });
  routes.get('/:id/preview', async (context) =>
    context.json({ preview: await describePreview(store, context.req.param('id')) }),
  );
  routes.get('/:id/removed', async (context) =>
    context.json(await describeRemoval(platform, context.req.param('id'))),
  );
  routes.post('/:id/cancel', async (context) => {
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    await cancelExecution(platform, context.req.param('id'), actor);
    return context.json({}, 202);
  });
  return routes;
}
