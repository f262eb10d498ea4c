import type { InstanceCommands } from '../../ports/instance-commands.ts';
import type { Supervisor } from './supervisor/supervisor.ts';

/** Commands on supervised processes: the supervisor without what makes and removes them. */
export const localInstanceCommands = (supervisor: Supervisor): InstanceCommands => ({
  list: (stack) => supervisor.list(stack),
  start: (ids) => supervisor.start(ids),
  stop: (ids) => supervisor.stop(ids),
  run: (id, command, options) => supervisor.run(id, command, options),
  firstExit: (ids, options) => supervisor.firstExit(ids, options),
  listeningPorts: (id) => supervisor.listeningPorts(id),
  logTail: (id, lines) => supervisor.logTail(id, lines),
});
