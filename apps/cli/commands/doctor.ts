import { asHiveMindError, EXIT } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { type Check, type Examine, fail } from '../doctor/check.ts';
import { examineDisk, examineHome, examinePorts } from '../doctor/machine.ts';
import { examineServer, examineState, examineWork } from '../doctor/server.ts';
import {
  examineGit,
  examineNode,
  examineNpm,
  examinePostgres,
  examinePython,
  examineSandbox,
} from '../doctor/tools.ts';

const EXAMINATIONS: Readonly<Record<string, Examine>> = {
  Node: examineNode,
  git: examineGit,
  npm: examineNpm,
  python3: examinePython,
  PostgreSQL: examinePostgres,
  sandbox: examineSandbox,
  disk: examineDisk,
  'home folder': examineHome,
  ports: examinePorts,
  server: examineServer,
  state: examineState,
  'work folders': examineWork,
};

/** Looks at everything at once; exit code 1 when something has to be mended before deployments work. */
export async function doctor({ session, home, output }: CommandContext): Promise<number> {
  const checks = await Promise.all(
    Object.entries(EXAMINATIONS).map(([name, examine]) =>
      examine(home, session.environment).catch((error) => unexamined(name, error)),
    ),
  );
  const failed = checks.filter(({ status }) => status === 'fail');
  if (output.json) output.document({ checks });
  else {
    const { green, yellow, red, bold, dim } = output.paint;
    const marks = { ok: green('✓'), warn: yellow('!'), fail: red('✗') };
    for (const { name, status, detail, mend } of checks) {
      output.print(`${marks[status]} ${bold(name.padEnd(13))} ${detail}`);
      if (mend !== null) output.print(dim(`  ${''.padEnd(13)} to do: ${mend}`));
    }
    output.print(
      failed.length === 0 ? '\nready to deploy' : `\n${failed.length} to mend before deployments work`,
    );
  }
  return failed.length === 0 ? EXIT.ok : EXIT.failed;
}

function unexamined(name: string, error: unknown): Check {
  const { message, hint } = asHiveMindError(error);
  return fail(name, message, hint);
}
