import { type EventView, executionDocument, type Started } from '../../src/contracts/api.ts';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { type FixView, fixDocument, fixListDocument } from '../../src/contracts/fix.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import { isOpenQuestion } from '../../src/domain/fix.ts';
import type { CommandContext } from './command-context.ts';
import { allValues } from './commands/asked-values.ts';
import { askedKey } from './commands/confirmation.ts';
import { failureOf } from './commands/execution-failure.ts';
import { deploymentPath } from './commands/named-deployment.ts';
import type { Progress } from './progress/progress.ts';
import { answerCommands, questionText, waitText } from './render/fix.ts';
import type { Connection } from './server/connection.ts';

export interface QuestionContext {
  readonly context: CommandContext;
  readonly connection: Connection;
  readonly started: Started;
  readonly progress: Progress;
  /** Ends when the question needs no answer any more, or with the signal. */
  readonly closed: (signal: AbortSignal) => Promise<void>;
}

/** After the question was put: somebody has answered elsewhere, or its time is over. */
export const closesQuestion = ({ type, data }: EventView): boolean =>
  CLOSING.includes(type) || (type === 'warning' && 'fix' in data);

const CLOSING: readonly EventView['type'][] = [
  'fix.answered',
  'fix.applied',
  'execution.cancel-requested',
  'execution.finished',
];

/**
 * Sees to a question that has opened about work that a command waits for. Where somebody can be asked, it is asked right there;
 * elsewhere, and for an answer that is to come later, the command ends with the failure and how to answer.
 * @throws {HiveMindError} the failure that the question is about
 */
export async function seeToQuestion(question: QuestionContext): Promise<void> {
  const { context, connection, started, progress } = question;
  const { deploymentId, executionId } = started;
  const { fixes } = await connection.get(deploymentPath(deploymentId, '/fixes'), fixListDocument);
  const fix = fixes.find((one) => one.executionId === executionId && isOpenQuestion(one));
  if (!fix) return;
  const { output } = context;
  progress.pause();
  output.note(`\n${questionText(fix, output.notePaint)}\n`);
  const answer = context.interactive ? await askedAnswer(question, fix) : 'later';
  if (answer === 'later') throw await waitingFailure(context, connection, started, fix);
  if (answer !== 'closed') await send(context, connection, fix, answer);
  progress.resume();
}

interface Answer {
  readonly approve: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A prompt that is left shows its first choice as the answer: so that is the one that it then means. */
const KEYS = {
  l: 'later: it goes on waiting',
  y: 'yes, do it',
  n: 'no, leave everything as it is',
} as const;

async function askedAnswer(
  { context, closed }: QuestionContext,
  fix: FixView,
): Promise<Answer | 'later' | 'closed'> {
  const over = new AbortController();
  const isClosed = new AbortController();
  void closed(over.signal).then(() => isClosed.abort());
  try {
    const key = await askedKey(context, 'Apply this fix?', KEYS, isClosed.signal);
    const environment = key === 'y' ? await allValues(context, fix, {}, isClosed.signal) : undefined;
    if (isClosed.signal.aborted) return 'closed';
    if (key === 'n') return { approve: false };
    return environment ? { approve: true, environment } : 'later';
  } finally {
    over.abort();
  }
}

/** Somebody else may have answered meanwhile: then it goes on with that. */
async function send(
  { output }: CommandContext,
  connection: Connection,
  fix: FixView,
  answer: Answer,
): Promise<void> {
  try {
    await sendAnswer(connection, fix, answer);
  } catch (error) {
    if (!(error instanceof HiveMindError) || error.code !== 'FixClosed') throw error;
    output.note(error.message);
  }
}

/** What was shown, by its digest. @throws {HiveMindError} FixClosed, FixChanged, InvalidInput */
export async function sendAnswer(
  connection: Connection,
  { id, digest }: Pick<FixView, 'id' | 'digest'>,
  answer: Answer,
): Promise<FixView> {
  const path = `/v1/fixes/${encodeURIComponent(id)}/answer`;
  return (await connection.send('POST', path, { ...answer, digest }, fixDocument)).fix;
}

/** The failure itself, with how to answer the question about it. */
async function waitingFailure(
  { output }: CommandContext,
  connection: Connection,
  started: Started,
  fix: FixView,
): Promise<HiveMindError> {
  const path = `/v1/executions/${encodeURIComponent(started.executionId)}`;
  const [{ execution }, document] = await Promise.all([
    connection.get(path, executionDocument),
    connection.get(deploymentPath(started.deploymentId), deploymentDocument),
  ]);
  if (output.json) output.document(document);
  const failure = failureOf(execution, started, document.deployment);
  return new HiveMindError(failure.code, failure.message, {
    hint: `a fix ${waitText(fix)}: ${answerCommands(fix)}`,
    logTail: failure.logTail,
    cause: failure,
  });
}
