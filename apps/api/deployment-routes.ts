import { Hono } from 'hono';
import * as z from 'zod';
import {
  deployRequest,
  destroyRequest,
  rollbackRequest,
  updateRequest,
  upgradeRequest,
} from '../../src/contracts/api.ts';
import { LOG_SOURCES, type LogSource } from '../../src/domain/log-line.ts';
import { describeDeployment, listDeployments } from '../../src/operations/describe-deployment.ts';
import { costsOf, historyOf, reportOf } from '../../src/operations/look-up.ts';
import { requireDeployment } from '../../src/operations/require-deployment.ts';
import { startDeploy } from '../../src/operations/start-deploy.ts';
import { startDestroy } from '../../src/operations/start-destroy.ts';
import { startRollback, startUpgrade } from '../../src/operations/start-restore.ts';
import { startUpdate } from '../../src/operations/start-update.ts';
import type { LogQuery } from '../../src/ports/telemetry.ts';
import { actorOf } from './access.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';
import { ndjson } from './ndjson.ts';
import { parseBody, parseInput } from './request-body.ts';

const logsQuery = z.object({
  sources: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(LOG_SOURCES)))
    .optional(),
  name: z.string().optional(),
  tail: z.coerce.number().int().min(1).max(100_000).optional(),
  follow: z.stringbool().default(false),
});

export function deploymentRoutes(platform: ControlPlanePlatform): Hono {
  const routes = new Hono();
  const { store, telemetry } = platform;
  routes.post('/', async (context) => {
    const request = await parseBody(context, deployRequest);
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    return context.json(await startDeploy(platform, request, actor), 202);
  });
  routes.get('/', async (context) => {
    const includeDestroyed = context.req.query('all') === 'true';
    const deployments = await listDeployments(store, { includeDestroyed });
    return context.json({ deployments, freeze: await store.findFreeze() });
  });
  routes.get('/:name', async (context) => {
    const deployment = await requireDeployment(store, context.req.param('name'));
    const described = await describeDeployment(store, deployment);
    return context.json({ deployment: described, freeze: await store.findFreeze() });
  });
  routes.post('/:name/update', async (context) => {
    const request = await parseBody(context, updateRequest);
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    return context.json(await startUpdate(platform, context.req.param('name'), request, actor), 202);
  });
  routes.post('/:name/rollback', async (context) => {
    const request = await parseBody(context, rollbackRequest);
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    return context.json(await startRollback(platform, context.req.param('name'), request, actor), 202);
  });
  routes.post('/:name/upgrade', async (context) => {
    const request = await parseBody(context, upgradeRequest);
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    return context.json(await startUpgrade(platform, context.req.param('name'), request, actor), 202);
  });
  routes.delete('/:name', async (context) => {
    const request = await parseBody(context, destroyRequest);
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    return context.json(await startDestroy(platform, context.req.param('name'), request, actor), 202);
  });
  routes.get('/:name/history', async (context) => {
    const after = parseInput(context.req.query('after') ?? 0, z.coerce.number().int().min(0));
    return context.json({ events: await historyOf(store, context.req.param('name'), after) });
  });
  routes.get('/:name/report', async (context) =>
    context.json({ report: await reportOf(platform, context.req.param('name')) }),
  );
  routes.get('/:name/costs', async (context) =>
    context.json({ costs: await costsOf(platform, context.req.param('name')) }),
  );
  routes.get('/:name/metrics', async (context) => {
    const { id } = await requireDeployment(store, context.req.param('name'));
    return context.json({ metrics: await telemetry.metrics(id) });
  });
  routes.get('/:name/logs', async (context) => {
    const { id: deploymentId } = await requireDeployment(store, context.req.param('name'));
    const { follow, ...wanted } = parseInput(context.req.query(), logsQuery);
    const query = logQuery(deploymentId, wanted);
    if (follow) return ndjson(context, (signal) => telemetry.follow(query, signal));
    return context.json({ lines: await telemetry.read(query) });
  });
  return routes;
}

const logQuery = (
  deploymentId: string,
  {
    sources,
    name,
    tail,
  }: { sources?: LogSource[] | undefined; name?: string | undefined; tail?: number | undefined },
): LogQuery => ({
  deploymentId,
  ...(sources && { sources }),
  ...(name !== undefined && { name }),
  ...(tail !== undefined && { tail }),
});
