import type { Command } from 'commander';
import { EXIT } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { bashScript, type CommandWords, fishScript, zshScript } from '../render/completion.ts';
import type { Shell } from '../shells.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** A completion script made from the commands themselves, so that it cannot fall behind them. */
export async function completion(
  { output }: CommandContext,
  program: Command,
  shell: Shell,
): Promise<number> {
  const script = SCRIPTS[shell](commandsOf(program));
  if (output.json) output.document({ shell, script });
  else output.print(script.trimEnd());
  return EXIT.ok;
}

function commandsOf(program: Command): readonly CommandWords[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: command.description(),
    argument: argumentOf(command),
    options: help
      .visibleOptions(command)
      .filter(({ long }) => long)
      .map(({ long, description, argChoices, required }) => ({
        flag: long ?? '',
        description,
        takesValue: required,
        choices: argChoices ?? [],
      })),
  }));
}

function argumentOf(command: Command): CommandWords['argument'] {
  const [first] = command.registeredArguments;
  if (first?.argChoices) return { kind: 'choice', choices: first.argChoices };
  if (first?.name() === 'name') return { kind: 'deployment' };
  return first?.name() === 'source' ? { kind: 'folder' } : { kind: 'none' };
}
