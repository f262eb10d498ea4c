import type { NetworkScope } from '../../src/domain/deployment.ts';
import { acceptOrder } from '../../src/operations/accept-order.ts';
import { deployPush, deployQueuedPush, type PushPorts } from '../../src/operations/push.ts';
import { settleExecution } from '../../src/operations/settle-execution.ts';
import { type TendPorts, tend } from '../../src/operations/tend.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { pushOf } from './pushed-branch.ts';
import { type ConductorEvent, conductorEvent, type endedEvent } from './schema.ts';

export interface ConductorSettings {
  /** Network of a deployment whose order from the console names none. @default shared */
  readonly network?: NetworkScope;
}

export type ConductorPorts = PushPorts & TendPorts;

export type Conductor = (event: unknown) => Promise<TaskAnswer>;

/**
 * What the control plane does besides the agents' work: it takes orders from the console, puts the end of workflows on record, and
 * turns pushes into deploys, and ends what everybody has forgotten. Every event may come twice.
 */
export const conductor =
  (ports: ConductorPorts, settings: ConductorSettings = {}): Conductor =>
  async (input) => {
    const event = parseEvent(conductorEvent, input);
    if ('action' in event) {
      return event.action === 'tend' ? await seeToForgotten(ports) : await accept(ports, settings, event);
    }
    if (event.source === 'aws.states') return await settle(ports, event);
    const push = pushOf(event);
    if (!push) return { finished: true, deployments: 0 };
    const decided = await deployPush(ports, push);
    return { finished: true, deployments: decided.length };
  };

async function accept(
  ports: PushPorts,
  { network }: ConductorSettings,
  { executionName, order }: Extract<ConductorEvent, { action: 'accept' }>,
) {
  const { executionId, deploymentId } = await acceptOrder(ports, executionName, order, network);
  return { finished: true, executionId, deploymentId };
}

async function settle(ports: ConductorPorts, { time, detail }: ReturnType<typeof endedEvent.parse>) {
  const { name, status, error, cause } = detail;
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return { finished: true };
  const ended = await settleExecution(ports, {
    executionId: name,
    outcome: status,
    at: new Date(time).toISOString(),
    error: error ?? undefined,
    cause: cause ?? undefined,
  });
  const next = ended && (await deployQueuedPush(ports, ended));
  return { finished: true, executionId: ended?.id ?? null, push: next?.decision ?? null };
}

/** @throws the first failure, after every deployment was seen to */
async function seeToForgotten(ports: ConductorPorts) {
  const { settled, started, told, failures } = await tend(ports);
  for (const ended of settled) await deployQueuedPush(ports, ended);
  if (failures[0]) throw failures[0];
  return { finished: true, settled: settled.length, started: started.length, told: told.length };
}
