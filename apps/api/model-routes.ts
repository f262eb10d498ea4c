import { Hono } from 'hono';
import { modelCostsQuery } from '../../src/contracts/models.ts';
import { describeModels } from '../../src/operations/describe-models.ts';
import { modelCosts } from '../../src/operations/model-costs.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';
import { parseInput } from './request-body.ts';

/** About language models: which may be asked, how they do, and what they cost. */
export function modelRoutes(platform: ControlPlanePlatform): Hono {
  const routes = new Hono();
  routes.get('/', async (context) => context.json(await describeModels(platform)));
  routes.get('/costs', async (context) => {
    const query = parseInput(context.req.query(), modelCostsQuery);
    return context.json(await modelCosts(platform, query));
  });
  return routes;
}
