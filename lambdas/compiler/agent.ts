import { type Agent, openReleaseExecution, openRestoreExecution } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { build } from './build.ts';
import type { CompilerPorts } from './ports.ts';
import { restore } from './restore.ts';
import { compilerEvent } from './schema.ts';

/** DevOps: builds one immutable artifact from a clean checkout, or fetches the one that is kept. */
export const compiler =
  (ports: CompilerPorts): Agent =>
  async (event, call) => {
    const { executionId, action } = parseEvent(compilerEvent, event);
    if (action === 'restore') {
      return restore(ports, await openRestoreExecution(ports.store, executionId), call);
    }
    return build(ports, await openReleaseExecution(ports.store, executionId), call);
  };
