import type { ComparisonView } from '../contracts/releases.ts';
import type { Deployment } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { isRelease, type ReleaseExecution } from '../domain/execution.ts';
import { givenVariables } from '../domain/given-variables.ts';
import type { Release } from '../domain/release.ts';
import { changesBetween, type ReleaseRecord } from '../domain/release-comparison.ts';
import type { Secrets } from '../ports/secrets.ts';
import { analysedOutput } from '../stages/outputs.ts';
import { findOutput } from '../stages/stage-context.ts';
import { describeRelease, type Life, lifeOf, type ReleasePorts } from './list-releases.ts';
import { requireDeployment } from './require-deployment.ts';
import { findRelease } from './start-restore.ts';

export interface ComparePorts extends ReleasePorts {
  readonly secrets: Pick<Secrets, 'get'>;
}

/** A release, and all that is still known of how it was made. */
interface Known {
  readonly record: ReleaseRecord;
  readonly execution: ReleaseExecution | undefined;
}

/**
 * What differs between two releases. Without numbers: between the one before the live one and the live one.
 * @throws {HiveMindError} DeploymentNotFound, ReleaseNotFound
 */
export async function compareReleases(
  ports: ComparePorts,
  idOrName: string,
  wanted: { readonly from?: number | undefined; readonly to?: number | undefined },
): Promise<ComparisonView> {
  const deployment = await requireDeployment(ports.store, idOrName);
  const life = await lifeOf(ports, deployment);
  const to = await releaseOf(ports, deployment, wanted.to ?? deployment.liveRelease, 'live release');
  const from = await releaseOf(
    ports,
    deployment,
    wanted.from ?? releaseBefore(life, to),
    'release before it',
  );
  const [before, after] = [await knownOf(ports, from), await knownOf(ports, to)];
  const environment = await changedVariables(ports, before, after);
  return {
    from: await describeRelease(ports, life, from),
    to: await describeRelease(ports, life, to),
    changes: [...changesBetween(before.record, after.record, environment.names)],
    notes: [...notesOn(before), ...notesOn(after), ...environment.notes],
  };
}

async function releaseOf(
  ports: ComparePorts,
  deployment: Deployment,
  number: number | undefined,
  what: string,
): Promise<Release> {
  if (number !== undefined) return await findRelease(ports, deployment, number);
  throw new HiveMindError('ReleaseNotFound', `"${deployment.name}" has no ${what} to compare`, {
    hint: `its releases: hivemind releases ${deployment.name}`,
  });
}

/** The one that was live before, as far as that is on record; else the nearest numbered before that was live at some time. */
function releaseBefore({ deployment, releases, lived }: Life, { number }: Release): number | undefined {
  const { liveRelease, previousRelease } = deployment;
  if (number === liveRelease && previousRelease !== undefined) return previousRelease;
  return releases.find((release) => release.number < number && lived.has(release.number))?.number;
}

async function knownOf({ store, artifacts }: ComparePorts, release: Release): Promise<Known> {
  const { executionId } = release;
  const found = executionId === undefined ? undefined : await store.findExecution(executionId);
  const execution = found && isRelease(found) ? found : undefined;
  const analysed = execution && (await findOutput(store, execution.id, 'analyse', analysedOutput));
  const manifest = await artifacts.find(release.artifact);
  return {
    execution,
    record: {
      release,
      subject: analysed?.source.subject ?? null,
      plan: analysed?.plan ?? null,
      environmentNames: execution ? givenVariables(execution.settings) : [],
      dependencies: manifest?.sbom ?? null,
    },
  };
}

function notesOn({ record: { release, plan, dependencies } }: Known): readonly string[] {
  const number = `release ${release.number}`;
  return [
    ...(plan === null ? [`plan and environment of ${number} are not on record`] : []),
    ...(dependencies === null
      ? [`the artifact of ${number} is not kept, and with it what it is made of`]
      : []),
  ];
}

/** Values are compared here, and only names leave. */
async function changedVariables(
  { secrets }: ComparePorts,
  before: Known,
  after: Known,
): Promise<{ readonly names: readonly string[]; readonly notes: readonly string[] }> {
  const [from, to] = [
    before.execution?.settings.environmentSecret,
    after.execution?.settings.environmentSecret,
  ];
  if (from === undefined || to === undefined || from === to) return { names: [], notes: [] };
  try {
    const [earlier, later] = [await secrets.get(from), await secrets.get(to)];
    const both = Object.keys(earlier).filter((name) => Object.hasOwn(later, name));
    return { names: both.filter((name) => earlier[name] !== later[name]).sort(), notes: [] };
  } catch (error) {
    if (!(error instanceof HiveMindError && error.code === 'SecretNotFound')) throw error;
    return { names: [], notes: ['values of environment variables are not kept: they may differ'] };
  }
}
