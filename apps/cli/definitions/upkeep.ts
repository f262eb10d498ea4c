import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommonOptions } from '../command-context.ts';
import type { WorkOptions } from './changing.ts';
import { examples, type Run, withTarget } from './definition.ts';
import { duration } from './duration.ts';

export interface FindOrphansOptions extends CommonOptions {
  /** Seconds. */
  readonly olderThan: number;
  readonly delete?: boolean;
}

export type ReconcileOptions = WorkOptions;

/** What was, what differs, what is left over, and what is not as it should be. */
export function defineUpkeep(program: Command, run: Run): void {
  defineReleases(program, run);
  defineDiff(program, run);
  defineReconcile(program, run);
  defineFindOrphans(program, run);
}

function defineReleases(program: Command, run: Run): void {
  withTarget(
    program
      .command('releases')
      .description('list the releases of a deployment: which is live, and which can be gone back to')
      .argument('<name>', 'deployment'),
  )
    .addHelpText('after', examples('hivemind releases shop', 'hivemind releases shop --json'))
    .action((name: string, options: CommonOptions) =>
      run(options, async (context) => (await import('../commands/releases.ts')).releases(context, name)),
    );
}

function defineDiff(program: Command, run: Run): void {
  withTarget(
    program
      .command('diff')
      .description(
        'show what differs between two releases: commit, plan, names of variables, dependencies, database',
      )
      .argument('<name>', 'deployment')
      .argument('[from]', 'number of a release (default: the one before the live one)', releaseNumber)
      .argument('[to]', 'number of a release (default: the live one)', releaseNumber),
  )
    .addHelpText('after', examples('hivemind diff shop', 'hivemind diff shop 3 5'))
    .action((name: string, from: number | undefined, to: number | undefined, options: CommonOptions) =>
      run(options, async (context) =>
        (await import('../commands/diff.ts')).diff(context, name, { from, to }),
      ),
    );
}

function defineReconcile(program: Command, run: Run): void {
  withTarget(
    program
      .command('reconcile')
      .description('show what is not as recorded, and mend it after a confirmation')
      .argument('<name>', 'deployment')
      .option('--wait', 'wait for the end', true)
      .option('--no-wait', 'return as soon as the work has started')
      .option('--verbose', 'show decisions'),
  )
    .addHelpText('after', examples('hivemind reconcile shop', 'hivemind reconcile shop --yes'))
    .action((name: string, options: ReconcileOptions) =>
      run(options, async (context) =>
        (await import('../commands/reconcile.ts')).reconcile(context, name, options),
      ),
    );
}

function defineFindOrphans(program: Command, run: Run): void {
  withTarget(
    program
      .command('find-orphans')
      .description('list what no living deployment owns; nothing is removed without --delete')
      .addOption(
        new Option('--older-than <duration>', 'only what has been there for so long')
          .argParser(duration)
          .default(86_400, '24h'),
      )
      .option('--delete', 'remove it, after a confirmation'),
  )
    .addHelpText(
      'after',
      examples('hivemind find-orphans', 'hivemind find-orphans --older-than 7d --delete --yes'),
    )
    .action((options: FindOrphansOptions) =>
      run(options, async (context) =>
        (await import('../commands/find-orphans.ts')).findOrphans(context, options),
      ),
    );
}

function releaseNumber(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('It is not the number of a release.');
}
