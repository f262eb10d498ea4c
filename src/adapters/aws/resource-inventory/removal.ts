import { HiveMindError } from '../../../domain/errors.ts';
import type { OwnedResource } from '../../../domain/orphan.ts';
import type { Patience, StackEngine } from '../../../ports/stack-engine.ts';
import { removeArtifact } from '../artifact-store/remove.ts';
import { removeSecrets } from '../secrets/remove-all.ts';
import { forgetTelemetry } from '../telemetry.ts';
import type { EverythingFacts } from './everything.ts';

export interface RemovalFacts extends EverythingFacts {
  /** Absent where infrastructure may be looked at and not changed: with the credentials of an operator. */
  readonly stacks?: Pick<StackEngine, 'remove'>;
}

/** Removes one thing through whatever knows how; what is gone already is no failure. @throws {HiveMindError} ResourcesLeft */
export async function removeResource(
  facts: RemovalFacts,
  resource: OwnedResource,
  patience: Patience,
): Promise<boolean> {
  const { type, id, deploymentId } = resource;
  switch (type) {
    case 'stack':
      if (facts.stacks) return await facts.stacks.remove(id, patience);
      throw notFromHere(resource, `aws cloudformation delete-stack --stack-name ${id}`);
    case 'secret':
      if (deploymentId !== null) await removeSecrets(facts.secretsManager, deploymentId);
      return true;
    case 'log-stream':
      if (deploymentId !== null) {
        await forgetTelemetry({ logs: facts.logs, logGroup: facts.controlPlane.logGroup }, deploymentId);
      }
      return true;
    case 'artifact':
      await removeArtifact(facts, id);
      return true;
    default:
      throw notFromHere(resource, `find ${id} in the AWS console and delete it there`);
  }
}

const notFromHere = ({ type, id }: OwnedResource, how: string): HiveMindError =>
  new HiveMindError('ResourcesLeft', `a ${type} is not removed with the rights of the command line: ${id}`, {
    hint: how,
  });
