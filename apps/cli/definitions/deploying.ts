import { type Command, Option } from 'commander';
import type { CommonOptions } from '../command-context.ts';
import { collected, examples, type Run, wholeNumber, withTarget } from './definition.ts';
import { type MendingOptions, type PlanOptions, SET, withMendingOptions } from './mending-options.ts';

export interface EnvironmentOptions {
  readonly env: readonly string[];
  readonly envFile?: string;
}

export interface DeployOptions extends CommonOptions, EnvironmentOptions, MendingOptions, PlanOptions {
  readonly name?: string;
  readonly port?: number;
  readonly stage1?: boolean;
  readonly whatIf?: boolean;
  readonly workingTree?: boolean;
  readonly wait: boolean;
  readonly dedicatedNetwork?: boolean;
  readonly certificate?: string;
  readonly xray?: boolean;
  readonly startTimeout: number;
  readonly autoCleanup?: boolean;
  readonly verbose?: boolean;
}

export interface DestroyOptions extends CommonOptions {
  readonly confirm?: string;
  readonly snapshot: boolean;
  readonly wait: boolean;
  readonly verbose?: boolean;
}

export function defineDeploying(program: Command, run: Run): void {
  defineDeploy(program, run);
  defineDestroy(program, run);
}

function defineDeploy(program: Command, run: Run): void {
  const command = program
    .command('deploy')
    .description('build an application from a folder or a git repository, run it, and prove that it answers')
    .argument(
      '<source>',
      'folder, or git address (https, ssh, file) with an optional #branch, #tag or #commit',
    )
    .argument('[description]', 'what the application is and what matters, in your words');
  withTarget(withMendingOptions(withDeployOptions(command)))
    .addHelpText(
      'after',
      examples(
        'hivemind deploy .',
        'hivemind deploy https://github.com/owner/shop#main "web shop, the checkout matters" --name shop',
        'hivemind deploy ./api --env-file .env.production --port 8080',
        'hivemind deploy . --what-if',
        'hivemind deploy . --target aws --stage-1',
      ),
    )
    .action((source: string, description: string | undefined, options: DeployOptions) =>
      run(options, async (context) =>
        (await import('../commands/deploy.ts')).deploy(context, source, description, options),
      ),
    );
}

const withDeployOptions = (command: Command): Command =>
  command
    .option('--name <name>', 'name of the deployment (default: from the source)')
    .addOption(SET)
    .addOption(ENV)
    .addOption(ENV_FILE)
    .option('--port <port>', 'port the service is reached on (default: a free one)', wholeNumber(1, 65_535))
    .option('--stage-1', 'the cheap form: one instance, no redundancy')
    .option('--what-if', 'show plan, stacks, changes, findings and cost; create nothing')
    .option('--working-tree', 'include uncommitted changes of a local repository')
    .option('--wait', 'wait until it is live or has failed', true)
    .option('--no-wait', 'return as soon as the work has started')
    .option(
      '--start-timeout <seconds>',
      'how long an instance may take until it is healthy',
      wholeNumber(1, 300),
      60,
    )
    .option('--auto-cleanup', 'remove what a failure leaves when nobody has answered in time, or for a day')
    .option('--dedicated-network', 'aws: a network of its own instead of the one that its stage shares')
    .option('--certificate <arn>', 'aws: serve HTTPS with this certificate (default: plain HTTP)')
    .option('--xray', 'aws: record traces')
    .option('--verbose', 'show build output and decisions');

export const ENV_FILE = new Option(
  '--env-file <path>',
  'set the variables of a file; keeps secrets out of the process list and shell history',
);

export const ENV = new Option(
  '--env <key[=value]>',
  'set an environment variable (repeatable; use --env-file for secrets); KEY alone takes it from your environment',
)
  .argParser(collected)
  .default([], 'none');

function defineDestroy(program: Command, run: Run): void {
  withTarget(
    program
      .command('destroy')
      .description('remove a deployment and everything it made')
      .argument('<name>', 'deployment')
      .option('--confirm <name>', 'the name once more, instead of being asked for it')
      .option('--snapshot', 'save the database as a dump file before it is removed', true)
      .option('--no-snapshot', 'remove the database with its data')
      .option('--wait', 'wait until everything is gone', true)
      .option('--no-wait', 'return as soon as the work has started')
      .option('--verbose', 'show decisions too'),
  )
    .addHelpText(
      'after',
      examples('hivemind destroy shop', 'hivemind destroy shop --confirm shop --no-snapshot'),
    )
    .action((name: string, options: DestroyOptions) =>
      run(options, async (context) =>
        (await import('../commands/destroy.ts')).destroy(context, name, options),
      ),
    );
}
