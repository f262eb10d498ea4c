import { Argument, type Command, Option } from 'commander';
import type { CommonOptions } from '../command-context.ts';
import { SHELLS, type Shell } from '../shells.ts';
import { examples, type Run, wholeNumber, withCommonOptions, withTarget } from './definition.ts';

export interface ServeOptions extends CommonOptions {
  readonly port?: number;
  readonly stop?: boolean;
}

export function defineMachine(program: Command, run: Run): void {
  defineDoctor(program, run);
  defineServe(program, run);
  defineCompletion(program, run);
}

function defineDoctor(program: Command, run: Run): void {
  withTarget(
    program
      .command('doctor')
      .description(
        'check what HiveMind needs on this machine or in the AWS account, and say how to mend what is missing',
      ),
  )
    .addHelpText(
      'after',
      examples('hivemind doctor', 'hivemind doctor --target aws', 'hivemind doctor --json'),
    )
    .action((options: CommonOptions) =>
      run(options, async (context) => (await import('../commands/doctor.ts')).doctor(context)),
    );
}

function defineServe(program: Command, run: Run): void {
  withCommonOptions(
    program
      .command('serve')
      .description('run the server in the foreground; the other commands start one by themselves')
      .option(
        '--port <port>',
        'port of the API on the loopback address (default: a free one)',
        wholeNumber(1, 65_535),
      )
      .addOption(
        new Option('--stop', 'stop the running server; deployments go on when it starts again').conflicts(
          'port',
        ),
      ),
  )
    .addHelpText('after', examples('hivemind serve', 'hivemind serve --port 7700', 'hivemind serve --stop'))
    .action((options: ServeOptions) =>
      run(options, async (context) => (await import('../commands/serve.ts')).serve(context, options)),
    );
}

function defineCompletion(program: Command, run: Run): void {
  withCommonOptions(
    program
      .command('completion')
      .description('print a script that completes commands, options and deployments')
      .addArgument(new Argument('<shell>', 'shell').choices(SHELLS)),
  )
    .addHelpText(
      'after',
      examples(
        'source <(hivemind completion bash)',
        'hivemind completion zsh > ~/.zfunc/_hivemind',
        'hivemind completion fish > ~/.config/fish/completions/hivemind.fish',
      ),
    )
    .action((shell: Shell, options: CommonOptions) =>
      run(options, async (context) =>
        (await import('../commands/completion.ts')).completion(context, program, shell),
      ),
    );
  withTarget(
    program
      .command('names', { hidden: true })
      .description('print the names of the deployments, one a line, without starting a server'),
  ).action((options: CommonOptions) =>
    run(options, async (context) => (await import('../commands/names.ts')).names(context)),
  );
}
