import { isRelease, type ReleaseExecution } from '../domain/execution.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';

/** References of the operator's variables in the settings of executions that began since then, newest first; their secrets may be gone. */
export async function secretsOfSettings(
  store: Pick<DeploymentStore, 'listExecutions'>,
  deploymentId: string,
  since: string,
): Promise<readonly string[]> {
  const releases = await releasesOf(store, deploymentId);
  return referencesIn(releases.filter(({ startedAt }) => startedAt >= since));
}

/** All references on record, those in answers to fixes that were never applied as well. */
export async function recordedSecrets(
  store: Pick<DeploymentStore, 'listExecutions' | 'listFixes'>,
  deploymentId: string,
): Promise<readonly string[]> {
  const executions = await releasesOf(store, deploymentId);
  const fixes = await Promise.all(executions.map(({ id }) => store.listFixes(id)));
  const given = fixes.flat().flatMap(({ values }) => values?.environmentSecret ?? []);
  return [...new Set([...referencesIn(executions), ...given])];
}

const releasesOf = async (
  store: Pick<DeploymentStore, 'listExecutions'>,
  deploymentId: string,
): Promise<readonly ReleaseExecution[]> => (await store.listExecutions({ deploymentId })).filter(isRelease);

const referencesIn = (executions: readonly ReleaseExecution[]): readonly string[] => [
  ...new Set(executions.flatMap(({ settings }) => settings.environmentSecret ?? [])),
];
