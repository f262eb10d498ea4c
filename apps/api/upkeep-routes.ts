import { Hono } from 'hono';
import * as z from 'zod';
import { olderThanSeconds, removeOrphansRequest } from '../../src/contracts/upkeep.ts';
import { compareReleases } from '../../src/operations/compare-releases.ts';
import { findOrphans, removeOrphans } from '../../src/operations/find-orphans.ts';
import { listReleases } from '../../src/operations/list-releases.ts';
import { observeDrift } from '../../src/operations/observe-drift.ts';
import { previewRemoval } from '../../src/operations/preview-removal.ts';
import { previewRollback } from '../../src/operations/preview-rollback.ts';
import { reconcile } from '../../src/operations/reconcile.ts';
import { actorOf } from './access.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';
import { parseBody, parseInput } from './request-body.ts';

const releaseNumber = z.coerce.number().int().min(1).optional();
const diffQuery = z.object({ from: releaseNumber, to: releaseNumber });
const rollbackQuery = z.object({
  toRelease: releaseNumber,
  despiteMigrations: z.stringbool().default(false),
});
const removalQuery = z.object({ explain: z.stringbool().default(false) });
const orphansQuery = z.object({ olderThanSeconds });

/** About one deployment: what it was, what it would leave, and whether it still is as recorded. */
export function upkeepRoutes(platform: ControlPlanePlatform): Hono {
  const routes = new Hono();
  routes.get('/:name/releases', async (context) =>
    context.json({ releases: await listReleases(platform, context.req.param('name')) }),
  );
  routes.get('/:name/diff', async (context) => {
    const wanted = parseInput(context.req.query(), diffQuery);
    return context.json(await compareReleases(platform, context.req.param('name'), wanted));
  });
  routes.get('/:name/rollback', async (context) => {
    const request = parseInput(context.req.query(), rollbackQuery);
    return context.json(await previewRollback(platform, context.req.param('name'), request));
  });
  routes.get('/:name/removal', async (context) => {
    const wanted = parseInput(context.req.query(), removalQuery);
    return context.json(await previewRemoval(platform, context.req.param('name'), wanted));
  });
  routes.get('/:name/drift', async (context) =>
    context.json({ drift: await observeDrift(platform, context.req.param('name')) }),
  );
  routes.post('/:name/reconcile', async (context) => {
    const actor = actorOf(context.req.header('x-hivemind-actor'));
    return context.json(await reconcile(platform, context.req.param('name'), actor), 202);
  });
  return routes;
}

/** About what belongs to no deployment any more. */
export function orphanRoutes(platform: ControlPlanePlatform): Hono {
  const routes = new Hono();
  routes.get('/', async (context) => {
    const query = parseInput(context.req.query(), orphansQuery);
    return context.json(await findOrphans(platform, query.olderThanSeconds));
  });
  routes.delete('/', async (context) => {
    const request = await parseBody(context, removeOrphansRequest);
    return context.json(await removeOrphans(platform, request.olderThanSeconds));
  });
  return routes;
}
