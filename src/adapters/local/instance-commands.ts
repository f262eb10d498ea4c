import type { InstanceCommands } from '../../ports/instance-commands.ts';
import { type InstanceSources, instancesSpec } from './instances-spec.ts';
import { ResumableRuns } from './supervisor/resumable-runs.ts';
import type { Supervisor } from './supervisor/supervisor.ts';

/** Commands on supervised processes: the supervisor without what makes and removes them. */
export function localInstanceCommands(supervisor: Supervisor, sources: InstanceSources): InstanceCommands {
  const runs = new ResumableRuns();
  return {
    list: (stack) => supervisor.list(stack),
    start: (ids) => supervisor.start(ids),
    stop: (ids) => supervisor.stop(ids),
    install: async (id, release) => {
      await supervisor.replaceInstance(id, (deploymentId) => instancesSpec(sources, deploymentId, release));
      return true;
    },
    run: (id, command, { token, timeoutSeconds, ...patience }) =>
      runs.join(token, patience, (signal) => supervisor.run(id, command, { timeoutSeconds, signal })),
    firstExit: (ids, options) => supervisor.firstExit(ids, options),
    listeningPorts: (id) => supervisor.listeningPorts(id),
    logTail: (id, lines) => supervisor.logTail(id, lines),
  };
}
