import { isRelease, type ReleaseExecution } from '../domain/execution.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';

/** References of the operator's variables in the settings of a deployment's executions, newest first; their secrets may be gone. */
export const secretsOfSettings = async (
  store: Pick<DeploymentStore, 'listExecutions'>,
  deploymentId: string,
): Promise<readonly string[]> => referencesIn(await releasesOf(store, deploymentId));

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
