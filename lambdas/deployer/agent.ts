import { type Agent, openReleaseExecution } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { completeRelease } from './complete.ts';
import { migrate } from './migrate.ts';
import type { DeployerPorts } from './ports.ts';
import { release, start } from './release.ts';
import { retirePreviousRelease } from './retire-previous.ts';
import { roll } from './roll.ts';
import { deployerEvent } from './schema.ts';
import { shift } from './shift.ts';

const ACTIONS = {
  migrate,
  roll,
  release,
  start,
  shift,
  complete: completeRelease,
  retire: retirePreviousRelease,
};

/** Release engineer: migrations once, a healthy start, the traffic, and the end of the previous release. */
export const deployer =
  (ports: DeployerPorts): Agent =>
  async (event, call) => {
    const { executionId, action } = parseEvent(deployerEvent, event);
    const execution = await openReleaseExecution(ports.store, executionId);
    return ACTIONS[action](ports, execution, call);
  };
