import { basename, dirname } from 'node:path';
import { HiveMindError } from '../../../domain/errors.ts';
import type { OwnedResource } from '../../../domain/orphan.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Secrets } from '../../../ports/secrets.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import { removeFolder } from '../artifact/remove-folder.ts';
import { endProcesses, findMarked } from '../orphan-processes.ts';
import { OWNER_VARIABLE } from '../process-group.ts';
import { readProcessTable } from '../process-inspection.ts';
import type { EverythingOptions } from './everything.ts';

export interface RemovalOptions extends EverythingOptions {
  readonly secrets: Pick<Secrets, 'removeAll'>;
  readonly artifacts: Pick<ArtifactStore, 'remove'>;
  readonly telemetry: Pick<Telemetry, 'forget'>;
}

/** Removes one thing through whatever knows how; what is gone already is no failure. @throws {HiveMindError} ResourcesLeft */
export async function removeResource(
  options: RemovalOptions,
  resource: OwnedResource,
  patience: Patience,
): Promise<boolean> {
  const { type, id, deploymentId } = resource;
  switch (type) {
    case 'stack':
      return await options.stacks.remove(id, patience);
    case 'process':
      await endProcess(options, Number(id));
      return true;
    case 'instance':
      await removeInstance(options, id);
      return true;
    case 'port':
      await closePort(options, Number(id));
      return true;
    case 'database':
      await options.clusters.remove(id);
      return true;
    case 'directory':
      await removeInstanceFolder(options, id);
      return true;
    case 'artifact':
      await options.artifacts.remove(id);
      return true;
    case 'secret':
      if (deploymentId !== null) await options.secrets.removeAll(deploymentId);
      return true;
    case 'log':
      if (deploymentId !== null) await options.telemetry.forget(deploymentId);
      return true;
    default:
      throw notRemovable(resource);
  }
}

/** A number that belongs to somebody else by now is left alone. */
async function endProcess({ home }: RemovalOptions, pid: number): Promise<void> {
  await endProcesses(async () => {
    const marked = await findMarked({ [OWNER_VARIABLE]: home.owner });
    if (!marked.has(pid)) return [];
    return (await readProcessTable()).filter((entry) => entry.pid === pid);
  });
}

async function removeInstance({ supervisor }: RemovalOptions, id: string): Promise<void> {
  const owner = supervisor.owners.get(id);
  if (owner) await supervisor.removeInstances(owner.stack);
}

async function closePort({ balancers }: RemovalOptions, port: number): Promise<void> {
  const balancer = balancers.list().find((candidate) => candidate.port === port);
  if (balancer) await balancers.remove(balancer.name);
}

/** Only what lies directly in the folder of the instances, and belongs to none. */
async function removeInstanceFolder({ home, supervisor }: RemovalOptions, folder: string): Promise<void> {
  const isOurs = dirname(folder) === home.folder('instances');
  if (isOurs && !supervisor.owners.has(basename(folder))) await removeFolder(folder);
}

const notRemovable = ({ type, id }: OwnedResource): HiveMindError =>
  new HiveMindError('ResourcesLeft', `a ${type} is not removed from here: ${id}`, {
    hint: `remove it yourself when nobody needs it: ${id}`,
  });
