import type { Command } from 'commander';
import type { CommonOptions } from '../command-context.ts';
import { examples, type Run, withTarget } from './definition.ts';
import { ENV, ENV_FILE, type EnvironmentOptions } from './deploying.ts';
import { type MendingOptions, type PlanOptions, SET, withMendingOptions } from './mending-options.ts';

interface FollowOptions extends CommonOptions {
  readonly wait: boolean;
  readonly verbose?: boolean;
}

export interface ApproveOptions extends FollowOptions, EnvironmentOptions {}

export type RejectOptions = FollowOptions;

export interface RetryOptions extends FollowOptions, EnvironmentOptions, MendingOptions, PlanOptions {}

export function defineMending(program: Command, run: Run): void {
  defineApprove(program, run);
  defineReject(program, run);
  defineRetry(program, run);
}

const QUESTION = 'deployment that waits for an answer, or the id of the question';

function defineApprove(program: Command, run: Run): void {
  const command = program
    .command('approve')
    .description('agree to a proposed fix: it is applied, and the work that failed goes on')
    .argument('<name>', QUESTION)
    .addOption(ENV)
    .addOption(ENV_FILE);
  withFollowOptions(command)
    .addHelpText(
      'after',
      examples(
        'hivemind approve shop',
        'hivemind approve deploy-k3m9p2qwertz.1a2b3c4d',
        'hivemind approve shop --yes --env DATABASE_URL',
      ),
    )
    .action((name: string, options: ApproveOptions) =>
      run(options, async (context) =>
        (await import('../commands/approve.ts')).approve(context, name, options),
      ),
    );
}

function defineReject(program: Command, run: Run): void {
  const command = program
    .command('reject')
    .description('decline a proposed fix: the work fails, and what it made stays for you to look into')
    .argument('<name>', QUESTION);
  withFollowOptions(command)
    .addHelpText('after', examples('hivemind reject shop', 'hivemind reject shop --yes --no-wait'))
    .action((name: string, options: RejectOptions) =>
      run(options, async (context) => (await import('../commands/reject.ts')).reject(context, name, options)),
    );
}

function defineRetry(program: Command, run: Run): void {
  const command = program
    .command('retry')
    .description(
      'run what failed once more, from the stage that failed; three times in a row without a change',
    )
    .argument('<name>', 'deployment')
    .addOption(SET)
    .addOption(ENV)
    .addOption(ENV_FILE);
  withFollowOptions(withMendingOptions(command))
    .addHelpText(
      'after',
      examples(
        'hivemind retry shop',
        'hivemind retry shop --set healthCheckPath=/healthz',
        'hivemind retry shop --env-file .env.production',
      ),
    )
    .action((name: string, options: RetryOptions) =>
      run(options, async (context) => (await import('../commands/retry.ts')).retry(context, name, options)),
    );
}

const withFollowOptions = (command: Command): Command =>
  withTarget(command)
    .option('--wait', 'wait for the end', true)
    .option('--no-wait', 'return as soon as the work goes on')
    .option('--verbose', 'show build output and decisions');
