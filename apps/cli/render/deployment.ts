import type { DeploymentView } from '../../../src/contracts/deployment.ts';
import { isOpenQuestion } from '../../../src/domain/fix.ts';
import { logText, singleLine } from '../../../src/domain/plain-text.ts';
import { STAGES } from '../../../src/domain/stage.ts';
import { agentTitle, secondsText } from '../../../src/domain/wording.ts';
import type { Colors } from '../output.ts';
import { diagnosisLine } from './diagnosis.ts';
import { answerCommands, fixLine, questionText } from './fix.ts';
import { unansweredText, warmText } from './forgotten.ts';
import { localTime, releaseText, resultMark, section, statusText } from './words.ts';

/** A deployment in full, as `status` shows it. */
export function deploymentText(deployment: DeploymentView, paint: Colors): string {
  const { name, status, url, release, verification, stages, failure } = deployment;
  const remarks = [warmText(deployment), servingText(deployment), unansweredText(deployment)].filter(
    (text) => text !== undefined,
  );
  return [
    `${paint.bold(singleLine(name))}  ${statusText(status, paint)}${url === null ? '' : `  ${paint.cyan(singleLine(url))}`}`,
    '',
    `  id        ${singleLine(deployment.id)}`,
    `  target    ${deployment.target}, ${deployment.stage}`,
    `  release   ${release === null ? 'none is live' : releaseText(release)}`,
    `  changed   ${localTime(deployment.updatedAt)}`,
    ...remarks.map((text) => `  ${paint.yellow(text)}`),
    ...section(
      'stages',
      stages.map((stage) => stageText(stage, paint)),
      paint,
    ),
    ...section(
      'verified',
      verification.map((check) => checkText(check, paint)),
      paint,
    ),
    ...(failure ? failureLines(failure, deployment.fixes, paint) : []),
    ...fixLines(deployment, paint),
  ].join('\n');
}

/** What failed beside a live release has taken nothing from it. */
function servingText({ release, status }: DeploymentView): string | undefined {
  const hasFailed = status === 'FAILED' || status === 'AWAITING_FIX' || status === 'FIXING';
  return hasFailed && release !== null
    ? `release ${release.number} is live and serves all the same`
    : undefined;
}

function stageText(stage: DeploymentView['stages'][number], { green, red, cyan, dim }: Colors): string {
  const marks = {
    PENDING: dim('·'),
    RUNNING: cyan('›'),
    SUCCEEDED: green('✓'),
    FAILED: red('✗'),
    SKIPPED: dim('-'),
  };
  const time = stage.reused ? 'reused' : stage.seconds === null ? '' : secondsText(stage.seconds);
  const summary = stage.summary === null ? '' : dim(`: ${singleLine(stage.summary)}`);
  return `${marks[stage.status]} ${agentTitle(stage.agent).padEnd(11)} ${dim(time.padStart(11))}  ${STAGES[stage.name].title}${summary}`;
}

/** One thing QA looked at, and what it saw. */
export function checkText(check: DeploymentView['verification'][number], paint: Colors): string {
  const latency = check.milliseconds === null ? '' : ` in ${Math.round(check.milliseconds)} ms`;
  return `${resultMark(check.result, paint)} ${singleLine(check.title)}${paint.dim(`: ${singleLine(check.evidence)}${latency}`)}`;
}

function failureLines(
  failure: NonNullable<DeploymentView['failure']>,
  fixes: DeploymentView['fixes'],
  paint: Colors,
): readonly string[] {
  const where = failure.stage === null ? '' : ` while ${STAGES[failure.stage].title}`;
  return section(
    'failure',
    [
      `${paint.red(singleLine(failure.message))} ${paint.dim(`(${failure.code}${where}, ${localTime(failure.at)})`)}`,
      ...failure.logTail.map((line) => paint.dim(`│ ${logText(line)}`)),
      ...(fixes.some(isOpenQuestion) ? [] : [`to do: ${singleLine(failure.hint)}`]),
      ...(failure.diagnosis ? [`cause: ${diagnosisLine(failure.diagnosis, fixes)}`] : []),
    ],
    paint,
  );
}

/** What was proposed and tried, and the question that waits. */
export function fixLines({ fixes }: Pick<DeploymentView, 'fixes'>, paint: Colors): readonly string[] {
  const tried = fixes.filter((fix) => !isOpenQuestion(fix));
  const questions = fixes.filter(isOpenQuestion);
  return [
    ...section(
      'fixes',
      tried.map((fix) => fixLine(fix, paint)),
      paint,
    ),
    ...questions.flatMap((fix) => ['', questionText(fix, paint), `  to do: ${answerCommands(fix)}`]),
  ];
}
