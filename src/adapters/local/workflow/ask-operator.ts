import * as z from 'zod';
import { timeAfter } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';
import type { Agent } from '../../../stages/stage-context.ts';
import type { Answer, OpenQuestion } from './open-question.ts';
import type { RunningTasks } from './running-tasks.ts';
import type { TaskState } from './state-machine.ts';

export interface AskPorts {
  readonly store: Pick<DeploymentStore, 'findExecution' | 'listFixes'>;
  readonly clock: Clock;
}

export interface AskingExecution {
  readonly tasks: RunningTasks;
  readonly question: OpenQuestion;
}

const questionEvent = z.object({
  Payload: z.looseObject({ executionId: z.string(), taskToken: z.string() }),
  timeoutSeconds: z.number(),
});

/** A clock that is set, and a machine that sleeps, are noticed this often. */
const LONGEST_SLEEP_MILLISECONDS = 60_000;

/**
 * A task that lets its agent put a question, and waits for the answer until the time for it is over. The record counts: an answer
 * that came before the workflow waits for it is found there.
 * @throws {Error} `States.Timeout`, as Step Functions calls it
 */
export async function askOperator(
  ports: AskPorts,
  { tasks, question }: AskingExecution,
  state: TaskState,
  agent: Agent,
  event: unknown,
): Promise<Answer> {
  const { Payload, timeoutSeconds } = questionEvent.parse(event);
  const { executionId, taskToken } = Payload;
  const latest = timeAfter(ports.clock.now(), timeoutSeconds);
  // Before the agent asks, so that the quickest answer finds somebody who waits.
  const answered = question.open(taskToken);
  await tasks.run(state, agent, Payload);
  return await tasks.wait((signal) => answerTo(ports, { executionId, answered, latest }, signal));
}

interface Asked {
  readonly executionId: string;
  readonly answered: Promise<Answer>;
  /** Until when it waits when nothing on record says so. */
  readonly latest: string;
}

async function answerTo(ports: AskPorts, asked: Asked, signal: AbortSignal): Promise<Answer> {
  const { answer: known, expiresAt } = await onRecord(ports, asked.executionId);
  if (known) return known;
  const done = new AbortController();
  const isOver = sleepUntil(ports.clock, expiresAt ?? asked.latest, AbortSignal.any([signal, done.signal]));
  const answer = await Promise.race([asked.answered, isOver.then(() => undefined)]);
  done.abort();
  signal.throwIfAborted();
  const last = answer ?? (await onRecord(ports, asked.executionId)).answer;
  if (!last) throw timedOut();
  return last;
}

/** What the record says about the question: its answer, or until when it waits. */
async function onRecord(
  { store }: AskPorts,
  executionId: string,
): Promise<{ readonly answer?: Answer; readonly expiresAt?: string | null | undefined }> {
  const execution = await store.findExecution(executionId);
  if (execution?.cancelRequested) return { answer: { approved: false } };
  const fix = (await store.listFixes(executionId)).at(-1);
  if (fix && fix.status !== 'PROPOSED') return { answer: { approved: fix.status === 'APPROVED' } };
  return { expiresAt: fix?.expiresAt };
}

async function sleepUntil(clock: Clock, time: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const remaining = Date.parse(time) - Date.parse(clock.now());
    if (remaining <= 0) return;
    await clock.sleep(Math.min(remaining, LONGEST_SLEEP_MILLISECONDS), signal);
  }
}

/** Catch and Retry of a state go by the name of an error. */
const timedOut = (): Error => Object.assign(new Error('nobody answered in time'), { name: 'States.Timeout' });
