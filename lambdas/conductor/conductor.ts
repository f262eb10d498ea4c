import type * as z from 'zod';
import type { NetworkScope } from '../../src/domain/deployment.ts';
import { acceptOrder } from '../../src/operations/accept-order.ts';
import { deployPush, deployQueuedPush, type PushPorts } from '../../src/operations/push.ts';
import { settleExecution } from '../../src/operations/settle-execution.ts';
import { type TendPorts, tend } from '../../src/operations/tend.ts';
import type { ForDeployment } from '../../src/stages/for-deployment.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { pushOf } from './pushed-branch.ts';
import { type ConductorEvent, conductorEvent, type endedEvent } from './schema.ts';

export interface ConductorSettings {
  /** Network of a deployment whose order from the console names none. @default shared */
  readonly network?: NetworkScope;
}

export type ConductorPorts = PushPorts & TendPorts;

const withoutLog: ForDeployment = (_, work) => work();

export type Conductor = (event: unknown) => Promise<TaskAnswer>;

/**
 * What the control plane does besides the agents' work: it takes orders from the console, puts the end of workflows on record, and
 * turns pushes into deploys, and ends what everybody has forgotten. Every event may come twice.
 */
export const conductor =
  (
    ports: ConductorPorts,
    settings: ConductorSettings = {},
    forDeployment: ForDeployment = withoutLog,
  ): Conductor =>
  async (input) => {
    const event = parseEvent(conductorEvent, input);
    if ('action' in event) {
      return event.action === 'tend'
        ? await seeToForgotten(ports, forDeployment)
        : await accept(ports, settings, event, forDeployment);
    }
    if (event.source === 'aws.states') return await settle(ports, event, forDeployment);
    const push = pushOf(event);
    if (!push) return { finished: true, deployments: 0 };
    const decided = await deployPush(ports, push, forDeployment);
    return { finished: true, deployments: decided.length };
  };

async function accept(
  ports: PushPorts,
  { network }: ConductorSettings,
  { executionName, order }: Extract<ConductorEvent, { action: 'accept' }>,
  forDeployment: ForDeployment,
) {
  const { executionId, deploymentId } = await acceptOrder(ports, executionName, order, network);
  return await forDeployment(deploymentId, async () => ({ finished: true, executionId, deploymentId }));
}

async function settle(
  ports: ConductorPorts,
  { time, detail }: z.infer<typeof endedEvent>,
  forDeployment: ForDeployment,
): Promise<TaskAnswer> {
  const { name, status, error, cause } = detail;
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return { finished: true };
  const execution = await ports.store.findExecution(name);
  if (!execution) return { finished: true, executionId: null, push: null };
  return await forDeployment(execution.deploymentId, async () => {
    const ended = await settleExecution(ports, {
      executionId: name,
      outcome: status,
      at: new Date(time).toISOString(),
      error: error ?? undefined,
      cause: cause ?? undefined,
    });
    const next = ended && (await deployQueuedPush(ports, ended));
    return { finished: true, executionId: name, push: next?.decision ?? null };
  });
}

/** @throws the first failure, after every deployment was seen to */
async function seeToForgotten(ports: ConductorPorts, forDeployment: ForDeployment) {
  const { settled, started, told, failures } = await tend(ports);
  const thrown: unknown[] = [];
  const note = (error: unknown) => void thrown.push(error);
  for (const { deploymentId, error } of failures) {
    await forDeployment(deploymentId, () => Promise.reject(error)).catch(note);
  }
  for (const ended of settled) {
    await forDeployment(ended.deploymentId, () => deployQueuedPush(ports, ended)).catch(note);
  }
  if (thrown.length > 0) throw thrown[0];
  return { finished: true, settled: settled.length, started: started.length, told: told.length };
}
