import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { errorDocument } from '../../src/contracts/deployment.ts';
import { asHiveMindError, EXIT, HiveMindError } from '../../src/domain/errors.ts';
import { requireLoopbackHost, requireToken } from './access.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { executionRoutes } from './execution-routes.ts';
import { deploymentFixRoutes, fixRoutes } from './fix-routes.ts';
import { freezeRoutes } from './freeze-routes.ts';
import { type Health, healthRoutes } from './health.ts';
import { modelRoutes } from './model-routes.ts';
import { orphanRoutes, upkeepRoutes } from './upkeep-routes.ts';

const MAX_BODY_BYTES = 1_000_000;

export interface ApiOptions {
  readonly platform: ControlPlanePlatform;
  readonly logError: (error: HiveMindError) => void;
}

export interface AppOptions extends ApiOptions {
  readonly token: string;
  readonly health: Health;
  /** Ends the server after the answer is sent. */
  readonly stop: () => void;
}

/** The HTTP interface of the local control plane; its shapes are in `src/contracts`. */
export function createApp({ token, health, stop, ...options }: AppOptions): Hono {
  const app = new Hono();
  app.use(requireLoopbackHost);
  app.route('/health', healthRoutes(health));
  app.use('/v1/*', requireToken(token));
  app.post('/v1/server/stop', (context) => {
    setImmediate(stop);
    return context.json({}, 202);
  });
  return withApi(app, options);
}

/** The same interface within one process, for whoever may do what the platform may do: nobody has to prove who they are. */
export const createInProcessApp = (options: ApiOptions): Hono => withApi(new Hono(), options);

function withApi(app: Hono, { platform, logError }: ApiOptions): Hono {
  app.use('/v1/*', bodyLimit({ maxSize: MAX_BODY_BYTES }));
  app.route('/v1/deployments', deploymentRoutes(platform));
  app.route('/v1/deployments', upkeepRoutes(platform));
  app.route('/v1/deployments', deploymentFixRoutes(platform));
  app.route('/v1/fixes', fixRoutes(platform));
  app.route('/v1/orphans', orphanRoutes(platform));
  app.route('/v1/executions', executionRoutes(platform));
  app.route('/v1/freeze', freezeRoutes(platform));
  app.route('/v1/models', modelRoutes(platform));
  app.onError((thrown, context) => {
    const error = thrown instanceof HTTPException ? refusedRequest(thrown) : asHiveMindError(thrown);
    if (error.kind.fault === 'hivemind') logError(error);
    const { code, message, hint } = error;
    return context.json(errorDocument.parse({ error: { code, message, hint } }), httpStatus(error));
  });
  app.notFound((context) =>
    context.json(
      { error: { code: 'InvalidInput', message: 'there is no such address', hint: 'see docs/api.md' } },
      404,
    ),
  );
  return app;
}

/** What the framework refuses before a route sees it, such as a body over the limit. */
const refusedRequest = (cause: HTTPException): HiveMindError =>
  new HiveMindError('InvalidInput', `the request was refused: ${cause.message || `status ${cause.status}`}`, {
    hint: `send at most ${MAX_BODY_BYTES} bytes of JSON`,
    cause,
  });

function httpStatus(error: HiveMindError) {
  switch (error.kind.exit) {
    case EXIT.usage:
      return 400;
    case EXIT.notSignedIn:
      return 401;
    case EXIT.notFound:
      return 404;
    case EXIT.conflict:
      return 409;
    case EXIT.unreachable:
      return 503;
    default:
      return 500;
  }
}
