import { printable } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { executionOfFix, type Fix, fixNotFound } from '../domain/fix.ts';
import { openQuestions } from './list-fixes.ts';
import type { RecordPorts } from './ports.ts';
import { requireDeployment } from './require-deployment.ts';

/**
 * The fix with this id, or the one question that is open about the deployment of this name.
 * @throws {HiveMindError} FixNotFound, DeploymentNotFound, InvalidInput: several questions are open
 */
export async function findFix(ports: RecordPorts, idOrName: string): Promise<Fix> {
  const executionId = executionOfFix(idOrName);
  if (executionId === undefined) return await onlyQuestion(ports, idOrName);
  const fixes = await ports.store.listFixes(executionId);
  const fix = fixes.find(({ id }) => id === idOrName);
  if (fix) return fix;
  throw fixNotFound(printable(idOrName.slice(0, 120)));
}

async function onlyQuestion({ store, clock }: RecordPorts, idOrName: string): Promise<Fix> {
  const { id: deploymentId, name } = await requireDeployment(store, idOrName);
  const [first, ...others] = await openQuestions(store, clock.now(), { deploymentId });
  if (!first) {
    throw new HiveMindError('FixNotFound', `nothing about "${name}" waits for an answer`, {
      hint: `what was tried: hivemind status ${name}; after a failure: hivemind retry ${name}`,
    });
  }
  if (others.length === 0) return first;
  throw new HiveMindError(
    'InvalidInput',
    `${others.length + 1} questions about "${name}" wait for an answer`,
    {
      hint: `name the one you mean: ${[first, ...others].map(({ id }) => id).join(', ')}`,
    },
  );
}
