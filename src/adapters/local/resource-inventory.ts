import { readdir } from 'node:fs/promises';
import { systemErrorCode } from '../../domain/errors.ts';
import type { Resource, ResourceInventory } from '../../ports/resource-inventory.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { findMarked } from './orphan-processes.ts';
import { OWNER_VARIABLE } from './process-group.ts';
import { everythingOf } from './resource-inventory/everything.ts';
import { type RemovalOptions, removeResource } from './resource-inventory/removal.ts';
import type { LocalStackEngine } from './stack-engine.ts';
import type { Supervisor } from './supervisor/supervisor.ts';

export interface LocalResourceInventoryOptions extends RemovalOptions {
  readonly stacks: LocalStackEngine;
  readonly supervisor: Supervisor;
  readonly secrets: Secrets;
}

/** Everything of a deployment that this machine has: processes by their marker, ports, folders, databases, stacks. */
export function localResourceInventory(options: LocalResourceInventoryOptions): ResourceInventory {
  return {
    find: async (deploymentId) => {
      const found = await Promise.all([
        stacksOf(options, deploymentId),
        processesOf(options, deploymentId),
        portsOf(options, deploymentId),
        instanceFoldersOf(options, deploymentId),
        databasesOf(options, deploymentId),
        secretsOf(options, deploymentId),
        logsOf(options, deploymentId),
      ]);
      return found.flat();
    },
    everything: () => everythingOf(options),
    remove: (resource, patience) => removeResource(options, resource, patience),
  };
}

type Options = LocalResourceInventoryOptions;

/** Stack names begin with the id of their deployment. */
const belongs = (deploymentId: string, stack: string): boolean => stack.startsWith(`${deploymentId}-`);

async function stacksOf({ stacks }: Options, deploymentId: string): Promise<Resource[]> {
  return (await stacks.list(deploymentId)).map(({ name }) => ({ type: 'stack', id: name }));
}

/** By the environment they were started with, whatever the records say. */
async function processesOf({ home }: Options, deploymentId: string): Promise<Resource[]> {
  const marked = await findMarked({ [OWNER_VARIABLE]: home.owner, HIVEMIND_DEPLOYMENT: deploymentId });
  return [...marked.keys()].map((pid) => ({ type: 'process', id: String(pid) }));
}

async function portsOf({ balancers }: Options, deploymentId: string): Promise<Resource[]> {
  return balancers
    .list()
    .filter(({ name }) => belongs(deploymentId, name))
    .map(({ port }) => ({ type: 'port', id: String(port) }));
}

async function instanceFoldersOf({ home, supervisor }: Options, deploymentId: string): Promise<Resource[]> {
  const folders = new Set(await namesIn(home.folder('instances')));
  const instances = await supervisor.listDeployment(deploymentId);
  return instances
    .filter(({ id }) => folders.has(id))
    .map(({ id }) => ({ type: 'directory', id: home.folder('instances', id) }));
}

async function databasesOf({ clusters }: Options, deploymentId: string): Promise<Resource[]> {
  const known = await clusters.list();
  return known
    .filter(({ stack }) => belongs(deploymentId, stack))
    .map(({ stack }) => ({ type: 'database', id: stack }));
}

async function secretsOf({ secrets }: Options, deploymentId: string): Promise<Resource[]> {
  return (await secrets.list(deploymentId)).map((id) => ({ type: 'secret', id }));
}

async function logsOf({ home }: Options, deploymentId: string): Promise<Resource[]> {
  const names = await namesIn(home.folder('logs', deploymentId));
  return names.map((name) => ({ type: 'log', id: home.folder('logs', deploymentId, name) }));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
