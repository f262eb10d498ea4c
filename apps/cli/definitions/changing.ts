import { type Command, InvalidArgumentError } from 'commander';
import type { CommonOptions } from '../command-context.ts';
import { examples, type Run, wholeNumber, withTarget } from './definition.ts';
import { ENV, ENV_FILE, type EnvironmentOptions } from './deploying.ts';
import { duration } from './duration.ts';
import { type MendingOptions, type PlanOptions, SET, withMendingOptions } from './mending-options.ts';

export interface WorkOptions extends CommonOptions {
  readonly wait: boolean;
  readonly verbose?: boolean;
}

export interface SwapOptions extends WorkOptions {
  readonly steps?: readonly number[];
  readonly bake?: number;
  readonly keepWarm?: number;
}

export interface UpdateOptions extends SwapOptions, EnvironmentOptions, MendingOptions, PlanOptions {
  readonly ref?: string;
  readonly workingTree?: boolean;
  readonly rolling?: boolean;
  readonly startTimeout?: number;
  readonly reversibleMigrations?: boolean;
  readonly autoCleanup?: boolean;
}

export interface RollbackOptions extends WorkOptions {
  readonly to?: number;
  readonly despiteMigrations?: boolean;
  readonly keepWarm?: number;
}

export interface UpgradeOptions extends SwapOptions {
  readonly toProduction?: boolean;
}

export function defineChanging(program: Command, run: Run): void {
  defineUpdate(program, run);
  defineRollback(program, run);
  defineUpgrade(program, run);
}

function defineUpdate(program: Command, run: Run): void {
  const command = program
    .command('update')
    .description('put a new release in the place of the live one, without a failed request')
    .argument('<name>', 'deployment')
    .option('--ref <ref>', 'branch, tag or commit (default: what the deployment follows)')
    .option('--working-tree', 'include uncommitted changes of a local repository')
    .addOption(SET)
    .addOption(ENV)
    .addOption(ENV_FILE)
    .option(
      '--rolling',
      'in place, one instance at a time, instead of blue-green; --bake is for each instance, --steps and --keep-warm are refused',
    )
    .option('--reversible-migrations', 'the code before can read the database after: rollback stays possible')
    .option('--auto-cleanup', 'remove what a failure leaves when nobody has answered in time, or for a day')
    .option(
      '--start-timeout <seconds>',
      'how long an instance may take until it is healthy',
      wholeNumber(1, 300),
    );
  withSwapOptions(withMendingOptions(command))
    .addHelpText(
      'after',
      examples(
        'hivemind update shop',
        'hivemind update shop --ref v1.2.0 --steps 10,50,100 --bake 60s',
        'hivemind update shop --env-file .env.production',
        'hivemind update shop --set healthCheckPath=/healthz --set migrations=none',
        'hivemind update shop --rolling',
      ),
    )
    .action((name: string, options: UpdateOptions) =>
      run(options, async (context) => (await import('../commands/update.ts')).update(context, name, options)),
    );
}

function defineRollback(program: Command, run: Run): void {
  const command = program
    .command('rollback')
    .description(
      'put an earlier release in the place of the live one; nothing is built; in a terminal it asks first',
    )
    .argument('<name>', 'deployment')
    .option(
      '--to <release>',
      'its number (default: the one before the live one)',
      wholeNumber(1, 999_999_999),
    )
    .option('--despite-migrations', 'also when the old code may not understand the database');
  withWorkOptions(withKeepWarm(command))
    .addHelpText('after', examples('hivemind rollback shop', 'hivemind rollback shop --to 3 --yes'))
    .action((name: string, options: RollbackOptions) =>
      run(options, async (context) =>
        (await import('../commands/rollback.ts')).rollback(context, name, options),
      ),
    );
}

function defineUpgrade(program: Command, run: Run): void {
  const command = program
    .command('upgrade')
    .description('take a deployment from stage-1 to production, without a failed request')
    .argument('<name>', 'deployment')
    .requiredOption(
      '--to-production',
      'more instances, and on AWS a redundant database with backups, which restarts while it is changed',
    );
  withSwapOptions(command)
    .addHelpText('after', examples('hivemind upgrade shop --to-production'))
    .action((name: string, options: UpgradeOptions) =>
      run(options, async (context) =>
        (await import('../commands/upgrade.ts')).upgrade(context, name, options),
      ),
    );
}

const withSwapOptions = (command: Command): Command =>
  withWorkOptions(
    withKeepWarm(
      command
        .option(
          '--steps <percents>',
          'share of the traffic that the new release gets, step by step (default: 10,50,100)',
          percents,
        )
        .option(
          '--bake <duration>',
          'how long each step has to do well (default: local 5s, aws 3min)',
          duration,
        ),
    ),
  );

const withKeepWarm = (command: Command): Command =>
  command.option('--keep-warm <duration>', 'how long the old release stays ready (default: 10min)', duration);

const withWorkOptions = (command: Command): Command =>
  withTarget(command)
    .option('--wait', 'wait for the end', true)
    .option('--no-wait', 'return as soon as the work has started')
    .option('--verbose', 'show build output and decisions');

function percents(text: string): readonly number[] {
  const values = text
    .split(',')
    .map((part) => (/^\d{1,3}%?$/.test(part.trim()) ? Number.parseInt(part, 10) : 0));
  const rises = values.every((value, index) => value > (values[index - 1] ?? 0));
  if (rises && values.at(-1) === 100 && values.length <= 10) return values;
  throw new InvalidArgumentError(
    'It is not a list of rising percents that ends with 100, such as 10,50,100.',
  );
}
