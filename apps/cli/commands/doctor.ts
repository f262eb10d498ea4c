import { asHiveMindError, EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { type Check, type Examine, fail } from '../doctor/check.ts';
import { examineFreeze } from '../doctor/freeze.ts';
import { examineDisk, examineHome, examinePorts } from '../doctor/machine.ts';
import { examineModels } from '../doctor/models.ts';
import { examineServer, examineState, examineWork } from '../doctor/server.ts';
import {
  examineGit,
  examineNode,
  examineNpm,
  examinePostgres,
  examinePython,
  examineSandbox,
} from '../doctor/tools.ts';

const NAME_WIDTH = 14;

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
  freeze: examineFreeze,
};

/** What the operator's machine needs when applications run elsewhere: folders are resolved by git and uploaded. */
const AWS_EXAMINATIONS = { Node: examineNode, git: examineGit };

/** Looks at everything at once; exit code 1 when something has to be mended before deployments work. */
export async function doctor(context: CommandContext): Promise<number> {
  const { session, home, output, target } = context;
  const examinations = target === 'aws' ? AWS_EXAMINATIONS : EXAMINATIONS;
  const onMachine = Object.entries(examinations).map(([name, examine]) =>
    examine(home, session.environment).catch((error) => unexamined(name, error)),
  );
  const inAccount = target === 'aws' ? accountChecks() : [];
  const models = examineModels(context);
  const checks = [...(await Promise.all(onMachine)), ...(await inAccount), ...(await models)];
  const failed = checks.filter(({ status }) => status === 'fail');
  if (output.json) output.document({ checks });
  else {
    const { green, yellow, red, bold, dim } = output.paint;
    const marks = { ok: green('✓'), warn: yellow('!'), fail: red('✗') };
    for (const { name, status, detail, mend } of checks) {
      output.print(`${marks[status]} ${bold(name.padEnd(NAME_WIDTH))} ${singleLine(detail)}`);
      if (mend !== null) output.print(dim(`  ${''.padEnd(NAME_WIDTH)} to do: ${mend}`));
    }
    output.print(
      failed.length === 0 ? '\nready to deploy' : `\n${failed.length} to mend before deployments work`,
    );
  }
  return failed.length === 0 ? EXIT.ok : EXIT.failed;
}

async function accountChecks(): Promise<readonly Check[]> {
  const { examineAws } = await import('../../api/aws-doctor.ts');
  return await examineAws();
}

function unexamined(name: string, error: unknown): Check {
  const { message, hint } = asHiveMindError(error);
  return fail(name, message, hint);
}
