import type { DeploymentView } from '../../../src/contracts/deployment.ts';
import type { FixView } from '../../../src/contracts/fix.ts';
import { isOpenQuestion } from '../../../src/domain/fix.ts';
import { answeredOutcome } from '../../../src/domain/fix-decision.ts';
import { logText, singleLine } from '../../../src/domain/plain-text.ts';
import { STAGES } from '../../../src/domain/stage.ts';
import { secondsBetween } from '../../../src/domain/time.ts';
import type { Colors } from '../output.ts';
import { RISK_WORDS } from './diagnosis.ts';
import { localTime, percent, section } from './words.ts';

/** A question in full: what failed and why, the proof, and exactly what a yes would change. */
export function questionText(fix: FixView, paint: Colors): string {
  const { bold, dim, yellow } = paint;
  const { cause, confidence, deploymentName, evidence, explanation, stage } = fix;
  const where = stage === null ? '' : ` while ${STAGES[stage].title}`;
  return [
    `${yellow('?')} ${bold(singleLine(deploymentName))} failed${where} ${dim(`(${cause}, ${percent(confidence)} sure)`)}`,
    `  ${singleLine(explanation)}`,
    ...section(
      'proved by',
      evidence.map((line) => `${dim('│')} ${logText(line)}`),
      paint,
    ),
    ...section('proposed fix', actionLines(fix, paint), paint),
    '',
    `  ${dim(`${fix.id}, ${waitText(fix)}`)}`,
  ].join('\n');
}

function actionLines(fix: FixView, paint: Colors): readonly string[] {
  const { does, shown, asks, pauseSeconds } = fix;
  return [
    singleLine(does),
    ...shown.flatMap(({ setting, from, to }) => [
      ...(from === null ? [] : [paint.red(`- ${singleLine(`${setting} = ${from}`)}`)]),
      ...(to === null ? [] : [paint.green(`+ ${singleLine(`${setting} = ${to}`)}`)]),
    ]),
    ...(asks.length === 0 ? [] : [`from you: a value for ${asks.map(singleLine).join(', ')}`]),
    ...(pauseSeconds === 0 ? [] : [`it runs again after ${pauseSeconds} s`]),
    `risk: ${riskText(fix)}`,
  ];
}

function riskText({ asks, risk, confidence, isAsked }: FixView): string {
  if (asks.length > 0 && risk === 'human-only') return 'it needs what only you know';
  if (risk === 'safe' && isAsked)
    return `safe, but only ${percent(confidence)} sure to be right: so you are asked`;
  return RISK_WORDS[risk];
}

/** `waits for your answer until 2025-03-01 12:03:04 (23 h 59 min)` */
export function waitText({ expiresAt }: Pick<FixView, 'expiresAt'>): string {
  if (expiresAt === null) return 'waits for nobody';
  const seconds = Math.max(0, Math.ceil(secondsBetween(new Date().toISOString(), expiresAt)));
  const minutes = Math.ceil(seconds / 60);
  const left =
    seconds < 60
      ? `${seconds} s`
      : minutes < 60
        ? `${minutes} min`
        : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `waits for your answer until ${localTime(expiresAt)} (${left})`;
}

/** A fix and what became of it, in a line. */
export function fixLine(fix: FixView, { green, red, yellow, cyan, dim }: Colors): string {
  const marks = {
    PROPOSED: yellow('?'),
    APPROVED: cyan('›'),
    REJECTED: dim('-'),
    UNANSWERED: dim('-'),
    CANCELLED: dim('-'),
    APPLIED: cyan('›'),
    VALIDATED: green('✓'),
    FAILED: red('✗'),
  };
  const { status, does, cause, confidence } = fix;
  return `${marks[status]} ${singleLine(does)}: ${outcomeText(fix)} ${dim(`(${cause}, ${percent(confidence)} sure)`)}`;
}

const outcomeText = (fix: FixView): string =>
  isOpenQuestion(fix) ? waitText(fix) : singleLine(answeredOutcome(fix));

/** What answers a question; values come from the operator's environment, or are asked for on a terminal. */
export function answerCommands({ id, asks }: Pick<FixView, 'id' | 'asks'>): string {
  const values = asks.map((name) => ` --env ${singleLine(name)}`).join('');
  return `hivemind approve ${singleLine(id)}${values}, or hivemind reject ${singleLine(id)}`;
}

/** That a question waits; undefined when none does. */
export function questionHint({ name, fixes }: Pick<DeploymentView, 'name' | 'fixes'>): string | undefined {
  const fix = fixes.find(isOpenQuestion);
  return fix && `${singleLine(name)} ${waitText(fix)}: ${answerCommands(fix)}`;
}
