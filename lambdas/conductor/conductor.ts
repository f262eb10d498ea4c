import type { NetworkScope } from '../../src/domain/deployment.ts';
import { acceptOrder } from '../../src/operations/accept-order.ts';
import { deployPush, deployQueuedPush, type PushPorts } from '../../src/operations/push.ts';
import { settleExecution } from '../../src/operations/settle-execution.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { pushOf } from './pushed-branch.ts';
import { type ConductorEvent, conductorEvent, type endedEvent } from './schema.ts';

export interface ConductorSettings {
  /** Network of a deployment whose order from the console names none. @default shared */
  readonly network?: NetworkScope;
}

export type Conductor = (event: unknown) => Promise<TaskAnswer>;

/**
 * What the control plane does besides the agents' work: it takes orders from the console, puts the end of workflows on record, and
 * turns pushes into deploys. Every event may come twice.
 */
export const conductor =
  (ports: PushPorts, settings: ConductorSettings = {}): Conductor =>
  async (input) => {
    const event = parseEvent(conductorEvent, input);
    if ('action' in event) return await accept(ports, settings, event);
    if (event.source === 'aws.states') return await settle(ports, event);
    const push = pushOf(event);
    if (!push) return { finished: true, deployments: 0 };
    const decided = await deployPush(ports, push);
    return { finished: true, deployments: decided.length };
  };

async function accept(
  ports: PushPorts,
  { network }: ConductorSettings,
  { executionName, order }: Extract<ConductorEvent, { action: string }>,
) {
  const { executionId, deploymentId } = await acceptOrder(ports, executionName, order, network);
  return { finished: true, executionId, deploymentId };
}

async function settle(ports: PushPorts, { time, detail }: ReturnType<typeof endedEvent.parse>) {
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
