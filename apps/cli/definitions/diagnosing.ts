import { type Command, Option } from 'commander';
import { PHASES, type Phase } from '../../../src/domain/diagnosis/signature.ts';
import { STAGE_NAMES, type StageName } from '../../../src/domain/stage.ts';
import type { CommonOptions } from '../command-context.ts';
import { examples, type Run, withTarget } from './definition.ts';

export interface DiagnoseOptions extends CommonOptions {
  readonly stage?: Phase | StageName;
}

export function defineDiagnosing(program: Command, run: Run): void {
  withTarget(
    program
      .command('diagnose')
      .description('say why something failed, from any log: needs no deployment and no server')
      .argument('[file]', 'log to read; - or nothing for standard input')
      .addOption(
        new Option('--stage <stage>', 'where it failed: a stage of a workflow or one of its parts').choices([
          ...new Set([...PHASES, ...STAGE_NAMES]),
        ]),
      ),
  )
    .addHelpText(
      'after',
      examples(
        'hivemind diagnose build.log',
        'npm run build 2>&1 | hivemind diagnose --stage build',
        'hivemind diagnose stack-events.txt --target aws --json',
      ),
    )
    .action((file: string | undefined, options: DiagnoseOptions) =>
      run(options, async (context) =>
        (await import('../commands/diagnose.ts')).diagnoseLog(context, file ?? '-', options),
      ),
    );
}
