import type { Command } from '../../src/domain/plan.ts';
import { commandOf, plainArguments } from './command-line.ts';
import type { PackageJson } from './package-json.ts';
import { runScript, type Toolchain } from './package-manager.ts';
import { productionArguments } from './production-arguments.ts';
import { delegate, resolveScript, type StartScript } from './start-script.ts';

export interface NodePackage {
  readonly packageJson: PackageJson;
  readonly toolchain: Toolchain;
}

/** A script as a command: its own arguments where that is the same, so that signals reach the program itself. */
export function scriptCommand(script: StartScript, { packageJson, toolchain }: NodePackage): Command {
  if (script.hooked) return runScript(toolchain, script.name);
  const argv = plainArguments(script.line);
  if (argv) {
    const adapted = productionArguments(argv, packageJson);
    if (!toolchain.member || adapted[0] === 'node') return { kind: 'argv', argv: adapted };
  }
  return toolchain.member ? runScript(toolchain, script.name) : { kind: 'shell', line: script.line };
}

/** A line of a Procfile or Dockerfile as a command; `npm start` and the like become what the script runs. */
export function lineCommand(line: string, application: NodePackage | undefined): Command {
  const name = application && delegate(line);
  const script = name === undefined ? undefined : application && resolveScript(application.packageJson, name);
  return script && application ? scriptCommand(script, application) : commandOf(line);
}
