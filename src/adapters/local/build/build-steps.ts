import { singleLine } from '../../../domain/plain-text.ts';
import type { Command } from '../../../domain/plan.ts';
import { commandText } from '../../../domain/wording.ts';
import type { BuildRequest } from '../../../ports/builder.ts';
import type { BuildOutput } from './build-output.ts';
import { needsDevelopmentPackages } from './development-packages.ts';
import type { Room } from './room.ts';
import { type StepName, stepFailure } from './step-failure.ts';

export interface StepContext {
  readonly room: Room;
  /** Folder of the application, as a path of the machine. */
  readonly directory: string;
  readonly output: BuildOutput;
  readonly signal: AbortSignal;
}

/**
 * Installs and builds, in this order.
 * @throws {HiveMindError} InstallFailed, BuildFailed, ToolMissing, DiskFull
 */
export async function runSteps(
  { install, build, packageManager }: BuildRequest,
  context: StepContext,
): Promise<void> {
  // A build needs the packages for development; the processes of a release should not.
  const isSlim =
    build === null && packageManager === 'npm' && !(await needsDevelopmentPackages(context.directory));
  if (install) await runStep('install', install, context, isSlim ? { npm_config_omit: 'dev' } : {});
  if (build) await runStep('build', build, context, {});
}

async function runStep(
  step: StepName,
  command: Command,
  { room, directory, output, signal }: StepContext,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  signal.throwIfAborted();
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value} `);
  output.begin(step, `$ ${assignments.join('')}${singleLine(commandText(command))}`);
  const onLine = (line: string): void => output.line(line);
  const exit = await room.run({ argv: argvOf(command), directory, variables, onLine, signal });
  signal.throwIfAborted();
  if (exit.code !== 0) throw stepFailure(step, command, exit, output);
}

function argvOf(command: Command): readonly string[] {
  switch (command.kind) {
    case 'argv':
      return command.argv;
    case 'shell':
      return ['sh', '-c', command.line];
    case 'serve':
      throw new TypeError('serving files is no step of a build');
  }
}
