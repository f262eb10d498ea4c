import { type Agent, openDeployExecution } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { completeRelease } from './complete.ts';
import { migrate } from './migrate.ts';
import { release } from './release.ts';
import { deployerEvent } from './schema.ts';

const ACTIONS = { migrate, release, complete: completeRelease };

import type { DeployerPorts } from './ports.ts';

/** Release engineer: migrations once, a healthy start, the traffic, and the end of the previous release. */
export const deployer =
  (ports: DeployerPorts): Agent =>
  async (event, call) => {
    const { executionId, action } = parseEvent(deployerEvent, event);
    const execution = await openDeployExecution(ports.store, executionId);
    return ACTIONS[action](ports, execution, call);
  };
