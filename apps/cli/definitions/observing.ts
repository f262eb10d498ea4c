import { type Command, Option } from 'commander';
import { SPENDING_GROUPS, type SpendingBy } from '../../../src/domain/models/spending.ts';
import { AGENTS, type AgentName } from '../../../src/domain/stage.ts';
import type { CommonOptions } from '../command-context.ts';
import { examples, type Run, wholeNumber, withTarget } from './definition.ts';

export interface StatusOptions extends CommonOptions {
  readonly showLogs?: boolean;
  readonly showMetrics?: boolean;
  readonly showCosts?: boolean;
  readonly showTraces?: boolean;
  readonly showDashboard?: boolean;
  readonly report?: boolean;
}

export interface ListOptions extends CommonOptions {
  readonly all?: boolean;
}

export interface LogsOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly agent?: AgentName;
  readonly build?: boolean;
  readonly tail: number;
}

export interface CostsOptions extends CommonOptions {
  readonly by: SpendingBy;
  readonly days: number;
  readonly deployment?: string;
}

export function defineObserving(program: Command, run: Run): void {
  defineStatus(program, run);
  defineList(program, run);
  defineLogs(program, run);
  defineHistory(program, run);
  defineReport(program, run);
  defineCosts(program, run);
}

function defineStatus(program: Command, run: Run): void {
  withTarget(
    program
      .command('status')
      .description('show a deployment: state, address, release, stages, what was verified')
      .argument('[name]', 'deployment; may be left out when there is only one')
      .option('--show-logs', 'also the last lines of the application')
      .option('--show-metrics', 'also requests, latency and instances')
      .option('--show-costs', 'also what it costs a month')
      .option('--show-traces', 'also the stages of the newest execution as a waterfall')
      .option('--show-dashboard', 'all of it in sections')
      .option('--report', 'also the report'),
  )
    .addHelpText(
      'after',
      examples(
        'hivemind status shop',
        'hivemind status shop --show-dashboard',
        'hivemind status shop --json',
      ),
    )
    .action((name: string | undefined, options: StatusOptions) =>
      run(options, async (context) => (await import('../commands/status.ts')).status(context, name, options)),
    );
}

function defineList(program: Command, run: Run): void {
  withTarget(
    program.command('list').description('list the deployments').option('--all', 'also destroyed ones'),
  )
    .addHelpText('after', examples('hivemind list', 'hivemind list --all --json'))
    .action((options: ListOptions) =>
      run(options, async (context) => (await import('../commands/list.ts')).list(context, options)),
    );
}

function defineLogs(program: Command, run: Run): void {
  withTarget(
    program
      .command('logs')
      .description('show the output of the application, of its build or of an agent')
      .argument('<name>', 'deployment')
      .option('-f, --follow', 'go on with new lines until Ctrl-C; with --json one document a line')
      .addOption(
        new Option('--agent <agent>', 'what this agent did, instead of the application').choices(AGENTS),
      )
      .addOption(new Option('--build', 'output of the build, instead of the application').conflicts('agent'))
      .option('--tail <lines>', 'the last so many lines', wholeNumber(1, 100_000), 100),
  )
    .addHelpText(
      'after',
      examples(
        'hivemind logs shop -f',
        'hivemind logs shop --build',
        'hivemind logs shop --agent deployer --tail 20',
      ),
    )
    .action((name: string, options: LogsOptions) =>
      run(options, async (context) => (await import('../commands/logs.ts')).logs(context, name, options)),
    );
}

function defineHistory(program: Command, run: Run): void {
  withTarget(
    program
      .command('history')
      .description('show every event of a deployment: who did what, when and why')
      .argument('<name>', 'deployment'),
  )
    .addHelpText('after', examples('hivemind history shop', 'hivemind history shop --json'))
    .action((name: string, options: CommonOptions) =>
      run(options, async (context) => (await import('../commands/history.ts')).history(context, name)),
    );
}

function defineReport(program: Command, run: Run): void {
  withTarget(
    program
      .command('report')
      .description('print the report of a deployment as Markdown')
      .argument('<name>', 'deployment'),
  )
    .addHelpText('after', examples('hivemind report shop', 'hivemind report shop > shop.md'))
    .action((name: string, options: CommonOptions) =>
      run(options, async (context) => (await import('../commands/report.ts')).report(context, name)),
    );
}

function defineCosts(program: Command, run: Run): void {
  withTarget(
    program
      .command('costs')
      .description('show what language models cost: total, trend, projection, most expensive calls, budgets')
      .addOption(new Option('--by <what>', 'add up by').choices(SPENDING_GROUPS).default('agent'))
      .option('--days <days>', 'of the last so many days, with today', wholeNumber(1, 365), 30)
      .option('--deployment <name>', 'only of this deployment'),
  )
    .addHelpText(
      'after',
      examples('hivemind costs', 'hivemind costs --by deployment --days 7', 'hivemind costs --by day --json'),
    )
    .action((options: CostsOptions) =>
      run(options, async (context) => (await import('../commands/costs.ts')).costs(context, options)),
    );
}
