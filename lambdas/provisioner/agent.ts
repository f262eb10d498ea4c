import { isRolling } from '../../src/domain/execution.ts';
import { type Agent, openReleaseExecution } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { promoteInPlace, provisionCompute } from './compute.ts';
import { promote, provisionInfrastructure } from './infrastructure.ts';
import type { ProvisionerPorts } from './ports.ts';
import { previewDeployment } from './preview.ts';
import { provisionerEvent } from './schema.ts';

/** Systems engineer: creates the stacks of a deployment, or says what creating them would mean. */
export const provisioner =
  (ports: ProvisionerPorts): Agent =>
  async (event, call) => {
    const input = parseEvent(provisionerEvent, event);
    const execution = await openReleaseExecution(ports.store, input.executionId);
    if (input.action === 'preview') return previewDeployment(ports, execution, call);
    if (input.action === 'promote') {
      return (isRolling(execution) ? promoteInPlace : promote)(ports, execution, call);
    }
    if (input.blueprint === 'compute') return provisionCompute(ports, execution, call);
    return provisionInfrastructure(ports, execution, call, input.blueprint);
  };
