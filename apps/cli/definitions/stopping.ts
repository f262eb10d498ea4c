import type { Command } from 'commander';
import type { CommonOptions } from '../command-context.ts';
import { examples, type Run, withTarget } from './definition.ts';

export function defineStopping(program: Command, run: Run): void {
  defineFreeze(program, run);
  defineResume(program, run);
}

function defineFreeze(program: Command, run: Run): void {
  withTarget(
    program
      .command('freeze')
      .description('emergency stop: nothing new starts, and what runs waits before its next change')
      .argument('<reason>', 'why, for everybody who meets it'),
  )
    .addHelpText('after', examples('hivemind freeze "the database is on fire"'))
    .action((reason: string, options: CommonOptions) =>
      run(options, async (context) => (await import('../commands/freeze.ts')).freeze(context, reason)),
    );
}

function defineResume(program: Command, run: Run): void {
  withTarget(
    program.command('resume').description('end the freeze: what waits goes on, and new work may start'),
  )
    .addHelpText('after', examples('hivemind resume'))
    .action((options: CommonOptions) =>
      run(options, async (context) => (await import('../commands/resume.ts')).resume(context)),
    );
}
