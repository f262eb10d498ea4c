import { printable } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { Evidence } from '../../src/domain/plan.ts';
import type { DetectorContext } from './detector-context.ts';
import { SITE_FOLDERS } from './detectors/static-site.ts';
import { ENTRY_NAMES } from './entry.ts';
import { type Observation, observationsOf, SURE } from './observation.ts';

const SUPPORTED =
  'Node applications, Python applications that need only the standard library, and static sites';

/** Why there is no plan; undefined when there is one. */
export function refusalOf(
  context: DetectorContext,
  observations: readonly Observation[],
): HiveMindError | undefined {
  const startable =
    observationsOf(observations, 'main').length + observationsOf(observations, 'process').length > 0;
  const [unsupported] = [...observationsOf(observations, 'unsupported')].sort(
    (a, b) => b.confidence - a.confidence,
  );
  if (unsupported && (unsupported.confidence >= SURE.clear || !startable)) {
    return unsupportedApplication(unsupported.value, unsupported.evidence, context);
  }
  return startable
    ? undefined
    : startCommandNotFound(
        context,
        observationsOf(observations, 'nearMiss').map(({ value }) => value),
      );
}

function unsupportedApplication(what: string, evidence: readonly Evidence[], { folder }: DetectorContext) {
  const where = evidence.slice(0, 3).map(({ file, line }) => (line === undefined ? file : `${file}:${line}`));
  const place = folder.path === '.' ? 'the repository' : `the folder ${folder.path}`;
  return new HiveMindError(
    'UnsupportedApplication',
    printable(
      `${place} holds ${what} (${where.join(', ')}), which HiveMind cannot run yet; it runs ${SUPPORTED}`,
    ),
    {
      hint: 'deploy a repository of a supported kind, or add a Procfile whose "web" line starts a Node or plain Python program',
    },
  );
}

function startCommandNotFound({ folder, packageJson }: DetectorContext, nearMisses: readonly string[]) {
  const place = folder.path === '.' ? '' : ` in the folder ${folder.path}`;
  const manifest = packageJson ? '' : ' (there is no package.json)';
  const seen = nearMisses.length === 0 ? '' : `; seen: ${nearMisses.slice(0, 4).join('; ')}`;
  const pages = `index.html in ${SITE_FOLDERS.map((path) => (path === '.' ? 'the folder itself' : path)).join(', ')}`;
  return new HiveMindError(
    'StartCommandNotFound',
    printable(
      `found nothing to start${place}: looked for package.json scripts.start, package.json main${manifest}, ${ENTRY_NAMES}, Procfile web, Dockerfile CMD, ${pages}${seen}`,
    ),
    {
      hint: 'add a "start" script to package.json, or a Procfile with a line such as "web: node server.js", commit, and deploy again',
    },
  );
}
