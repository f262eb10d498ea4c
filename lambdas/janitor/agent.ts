import {
  type Agent,
  findExecution,
  openDestroyExecution,
  openRestoreExecution,
  openRetireExecution,
} from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { cleanUp, giveBack } from './clean-up.ts';
import { planRemoval, proveRemoval } from './inventory.ts';
import type { JanitorPorts } from './ports.ts';
import { removeStacks } from './removal.ts';
import { retire } from './retire.ts';
import { janitorEvent } from './schema.ts';
import { snapshot } from './snapshot.ts';
import { undo } from './undo.ts';

/** Janitor: removes what a failure left and everything of a deployment that is to go, and proves it. */
export const janitor =
  (ports: JanitorPorts): Agent =>
  async (event, call) => {
    const { executionId, action } = parseEvent(janitorEvent, event);
    if (action === 'give-back') return giveBack(ports, await findExecution(ports.store, executionId));
    if (action === 'clean-up') return cleanUp(ports, await findExecution(ports.store, executionId), call);
    if (action === 'retire') return retire(ports, await openRetireExecution(ports.store, executionId), call);
    if (action === 'undo') return undo(ports, await openRestoreExecution(ports.store, executionId), call);
    const execution = await openDestroyExecution(ports.store, executionId);
    switch (action) {
      case 'plan-removal':
        return planRemoval(ports, execution, call);
      case 'snapshot':
        return snapshot(ports, execution, call);
      case 'remove-compute':
        return removeStacks(ports, execution, call, 'compute');
      case 'remove-monitoring':
        return removeStacks(ports, execution, call, 'monitoring');
      case 'remove-database':
        return removeStacks(ports, execution, call, 'database');
      case 'remove-load-balancer':
        return removeStacks(ports, execution, call, 'load-balancer');
      case 'remove-network':
        return removeStacks(ports, execution, call, 'network');
      case 'prove-removal':
        return proveRemoval(ports, execution, call);
    }
  };
