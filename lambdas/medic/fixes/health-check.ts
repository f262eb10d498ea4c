import { isHarmlessRoute } from '../../../src/domain/route-effects.ts';
import { fixAction, settingsOf } from './fix-action.ts';
import type { Remedy } from './proposal.ts';

/** Last parts of paths that are made for health checks, the most telling first. */
const NAMES = [
  'health',
  'healthz',
  'healthcheck',
  'health-check',
  'health_check',
  'livez',
  'live',
  'liveness',
  'alive',
  'readyz',
  'ready',
  'readiness',
  'ping',
  'heartbeat',
  'status',
  'up',
];
/** What a check every few seconds is refused at, or counts as. */
const NOT_ASKED_OFTEN = /token|upload|pay|order|checkout/i;
const MOST_PROPOSED = 3;

/** A path of the application's own that is fit to be asked every few seconds. */
export const changeHealthCheck: Remedy = (ailment) => {
  const { plan, repository } = ailment;
  if (plan === null || repository === null) return [];
  // The front page is there without being written out anywhere.
  const paths = [...new Set([...repository.routes, '/'])]
    .filter((path) => isHarmlessRoute(path) && !NOT_ASKED_OFTEN.test(path))
    .filter((path) => path !== plan.healthCheckPath.value)
    .sort((a, b) => rankOf(a) - rankOf(b) || a.length - b.length || (a < b ? -1 : 1));
  return paths.slice(0, MOST_PROPOSED).map((path) =>
    fixAction(ailment, 'change_health_check', {
      does: `ask for ${path} to see whether the application is well`,
      parameters: { path },
      change: { plan: { healthCheckPath: path } },
    }),
  );
};

/** Health routes by name, then the front page, then everything else. */
function rankOf(path: string): number {
  const index = NAMES.findIndex((name) => path.endsWith(`/${name}`));
  if (index >= 0) return index;
  return path === '/' ? NAMES.length : NAMES.length + 1;
}

const LONGEST_SECONDS = 300;

export const extendHealthCheckGrace: Remedy = (ailment) => {
  const present = settingsOf(ailment)?.startTimeoutSeconds;
  if (present === undefined || present >= LONGEST_SECONDS) return [];
  const seconds = Math.min(Math.ceil(present * 2), LONGEST_SECONDS);
  return [
    fixAction(ailment, 'extend_health_check_grace', {
      does: `give the application ${seconds} s to start`,
      parameters: { seconds },
      change: { startTimeoutSeconds: seconds },
    }),
  ];
};
