import type { Command, Plan } from '../../src/domain/plan.ts';

/** Programs that are npm's own, or that call it by its name. */
const NPM = ['npm', 'npx', 'npm-run-all', 'run-s', 'run-p'];

/** One of them where a word of a shell line begins and ends; `npm:watch` is how `concurrently` says it. */
const NPM_IN_SHELL = new RegExp(`(?:^|[\\s;&|(\`"'])(?:${NPM.join('|')})(?=$|[\\s;&|):\`"'])`);

/** Whether a process or the migrations of the application are started with npm. */
export function needsNpm({ processes, migrations }: Plan): boolean {
  const commands = processes.value.map(({ command }) => command);
  return [...commands, ...(migrations.value ? [migrations.value] : [])].some(callsNpm);
}

function callsNpm(command: Command): boolean {
  if (command.kind === 'shell') return NPM_IN_SHELL.test(command.line);
  return command.kind === 'argv' && NPM.includes(command.argv[0] ?? '');
}
