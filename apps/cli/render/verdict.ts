import type { ExecutionView } from '../../../src/contracts/api.ts';
import type { DeploymentView } from '../../../src/contracts/deployment.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { STAGES } from '../../../src/domain/stage.ts';
import { secondsBetween } from '../../../src/domain/time.ts';
import { agentTitle, secondsText } from '../../../src/domain/wording.ts';
import type { Colors } from '../output.ts';
import { checkText } from './deployment.ts';
import { diagnosisLine } from './diagnosis.ts';
import { releaseText } from './words.ts';

/** What a proved success ends with: the address, what was verified, how to see more. */
export function successText(deployment: DeploymentView, execution: ExecutionView, paint: Colors): string {
  const { bold, cyan, green, dim } = paint;
  const name = singleLine(deployment.name);
  const where =
    deployment.url === null ? 'runs (it has no port)' : `is live at ${cyan(singleLine(deployment.url))}`;
  const applicable = deployment.verification.filter(({ result }) => result !== 'not-applicable');
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['release', deployment.release === null ? [] : [releaseText(deployment.release)]],
    [
      'mended',
      deployment.fixes.filter(({ status }) => status === 'VALIDATED').map(({ does }) => singleLine(does)),
    ],
    ['verified', applicable.map((check) => checkText(check, paint))],
    ['took', [secondsText(secondsOf(execution))]],
    ['next', nextCommands(name)],
  ];
  const lines = rows.flatMap(([title, values]) =>
    values.map((value, index) => `  ${dim((index === 0 ? title : '').padEnd(9))} ${value}`),
  );
  return [`${green('✓')} ${bold(name)} ${where}`, '', ...lines].join('\n');
}

const nextCommands = (name: string): readonly string[] => [
  `hivemind status ${name}`,
  `hivemind logs ${name} -f`,
  `hivemind report ${name}`,
  `hivemind destroy ${name} --confirm ${name}`,
];

const secondsOf = ({ startedAt, endedAt }: ExecutionView): number =>
  endedAt === null ? 0 : secondsBetween(startedAt, endedAt);

/** The line above the error of a failed deployment. */
export function failureHeading(deployment: DeploymentView, paint: Colors): string {
  const { failure, url, release } = deployment;
  const stage = failure?.stage;
  const where = stage ? ` while ${STAGES[stage].title} (${agentTitle(STAGES[stage].agent)})` : '';
  const cause = failure?.diagnosis ? `\n  cause: ${diagnosisLine(failure.diagnosis, deployment.fixes)}` : '';
  const heading = `${paint.red('✗')} ${paint.bold(singleLine(deployment.name))} failed${where}${cause}`;
  if (release === null || url === null) return heading;
  return `${heading}\n  release ${release.number} is still live at ${singleLine(url)}`;
}
