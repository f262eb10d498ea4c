import { type Command, InvalidArgumentError, Option } from 'commander';
import { TARGETS } from '../../../src/domain/deployment.ts';
import type { CommandContext, CommonOptions } from '../command-context.ts';

/** A command's work: its modules are loaded only when it runs. Returns the exit code. */
export type Action = (context: CommandContext) => Promise<number>;

/** Runs an action with the context that its options ask for. */
export type Run = (options: CommonOptions, action: Action) => Promise<void>;

/** Options that every command has. */
export const withCommonOptions = (command: Command): Command =>
  command
    .option('--json', 'print one JSON document on stdout, errors as JSON on stderr')
    .option('--yes', 'answer yes to questions; destroy still needs --confirm')
    .option('--no-input', 'never ask; fail instead');

/** Options of commands that are about deployments. */
export const withTarget = (command: Command): Command =>
  withCommonOptions(command).addOption(
    new Option('--target <target>', 'where deployments run (default: HIVEMIND_TARGET, else local)').choices(
      TARGETS,
    ),
  );

export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;

/** A parser of whole numbers for an option. */
export const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It is not a whole number from ${from} to ${to}.`);
  };

export const collected = (value: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  value,
];
