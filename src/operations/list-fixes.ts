import * as z from 'zod';
import { type FixView, fixFields } from '../contracts/fix.ts';
import { type Execution, isPreview } from '../domain/execution.ts';
import { type Fix, isOpenQuestion } from '../domain/fix.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { requireDeployment } from './require-deployment.ts';

type FixStore = Pick<DeploymentStore, 'listFixes' | 'listExecutions'>;

const shown = z.object(fixFields);

/** A fix as clients see it: without the token that its workflow waits under. */
export const fixView = (fix: Fix): FixView => shown.parse(fix);

/** What was tried in the newest execution of a deployment, in order. @throws {HiveMindError} DeploymentNotFound */
export async function listFixes(store: DeploymentStore, idOrName: string): Promise<readonly FixView[]> {
  const { id } = await requireDeployment(store, idOrName);
  const executions = await store.listExecutions({ deploymentId: id });
  return (await fixesOfNewest(store, executions)).map(fixView);
}

/** Of the newest of these executions that changes what is deployed, or of a removal after it that something was tried in. */
export async function fixesOfNewest(
  store: Pick<DeploymentStore, 'listFixes'>,
  executions: readonly Execution[],
): Promise<readonly Fix[]> {
  for (const execution of executions) {
    if (isPreview(execution)) continue;
    const fixes = await store.listFixes(execution.id);
    if (fixes.length > 0 || execution.workflow !== 'retire') return fixes;
  }
  return [];
}

/** What waits for an operator's answer, of one deployment or of all of them. */
export async function openQuestions(
  store: FixStore,
  now: string,
  filter: { readonly deploymentId?: string } = {},
): Promise<readonly Fix[]> {
  const running = await store.listExecutions({ ...filter, status: 'RUNNING' });
  const fixes = await Promise.all(running.map(({ id }) => store.listFixes(id)));
  return fixes.flat().filter((fix) => isOpenQuestion(fix) && (fix.expiresAt === null || fix.expiresAt > now));
}
