import type * as z from 'zod';
import type { fixAnswerRequest } from '../contracts/fix-requests.ts';
import { HiveMindError } from '../domain/errors.ts';
import { type Execution, isRelease } from '../domain/execution.ts';
import { type Fix, type FixStatus, type GivenValues, isOpenQuestion } from '../domain/fix.ts';
import { recordFixEvent } from '../stages/record-fix-event.ts';
import { findFix } from './find-fix.ts';
import { readEnvironment, type SettingsPorts, storeEnvironment } from './inherited-settings.ts';
import type { RunningPorts } from './ports.ts';

export type FixAnswerRequest = z.output<typeof fixAnswerRequest>;
export type AnswerFixPorts = RunningPorts & SettingsPorts;

/**
 * Takes the operator's answer to a proposed fix, once: what was shown, by its digest, is what runs. The values that it asks for join
 * the operator's environment variables.
 * @param idOrName of the fix, or of a deployment that has exactly one open question
 * @returns the fix as it is then
 * @throws {HiveMindError} FixNotFound, DeploymentNotFound, FixChanged, FixClosed, InvalidInput: a value is missing, or was not asked for
 */
export async function answerFix(
  ports: AnswerFixPorts,
  idOrName: string,
  { approve, digest, environment }: FixAnswerRequest,
  actor: string,
): Promise<Fix> {
  const fix = await findFix(ports, idOrName);
  if (fix.digest !== digest) throw otherDigest(fix);
  // Whoever answered may have died before the workflow was told.
  if (fix.answer) await tell(ports, fix, fix.answer.by);
  const execution = await requireOpen(ports, fix);
  const values = approve ? await keptValues(ports, execution, fix, environment) : null;
  const answered = await ports.store.changeFix(fix.executionId, fix.id, 'PROPOSED', {
    status: approve ? 'APPROVED' : 'REJECTED',
    answer: { by: actor, at: ports.clock.now(), approved: approve },
    values,
  });
  if (!answered) throw closed(await findFix(ports, fix.id));
  await tell(ports, answered, actor);
  return answered;
}

/** First the workflow, which waits for it; the history is told as often as it takes. */
async function tell(ports: AnswerFixPorts, fix: Fix, actor: string): Promise<void> {
  await tellWorkflow(ports, fix);
  await recordAnswer(ports, fix, actor);
}

/** Before the workflow has come to its question there is no token: it then finds the answer on record. */
async function tellWorkflow(
  { runner }: AnswerFixPorts,
  { executionId, taskToken, answer }: Fix,
): Promise<void> {
  if (taskToken === null || !answer) return;
  await runner.answer(executionId, taskToken, { approved: answer.approved });
}

/** @throws {HiveMindError} FixClosed */
async function requireOpen({ store, clock }: AnswerFixPorts, fix: Fix): Promise<Execution> {
  if (!isOpenQuestion(fix)) throw closed(fix);
  if (fix.expiresAt !== null && fix.expiresAt <= clock.now()) {
    throw fixClosed(fix, `the time for an answer was over at ${fix.expiresAt}`);
  }
  const deployment = await store.findDeployment(fix.deploymentId);
  if (!deployment || deployment.status === 'DESTROYED') {
    throw fixClosed(fix, `"${fix.deploymentName}" was destroyed`);
  }
  const execution = await store.findExecution(fix.executionId);
  if (execution?.status !== 'RUNNING') throw fixClosed(fix, 'its workflow has ended');
  if (execution.cancelRequested) throw fixClosed(fix, 'its workflow is being cancelled');
  return execution;
}

/** What only the operator knows, stored before anything can go on with it: of several answers at once only the one that counts is used. */
async function keptValues(
  ports: AnswerFixPorts,
  execution: Execution,
  fix: Fix,
  given: Readonly<Record<string, string>>,
): Promise<GivenValues | null> {
  requireValues(fix, given);
  if (fix.asks.length === 0 || !isRelease(execution)) return null;
  const { deploymentId, settings } = execution;
  const environment = { ...(await readEnvironment(ports, settings)), ...given };
  const environmentSecret = await storeEnvironment(ports, deploymentId, environment);
  return { environmentSecret, environmentNames: Object.keys(environment).sort() };
}

function requireValues({ id, asks }: Fix, given: Readonly<Record<string, string>>): void {
  const missing = asks.filter((name) => !given[name]);
  if (missing.length > 0) {
    throw new HiveMindError('InvalidInput', `a value is missing for ${missing.join(', ')}`, {
      hint: `hivemind approve ${id} --env-file FILE, or ${missing.map((name) => `--env ${name}`).join(' ')}, which takes it from your environment; on a terminal it asks`,
    });
  }
  const others = Object.keys(given).filter((name) => !asks.includes(name));
  if (others.length === 0) return;
  throw new HiveMindError('InvalidInput', `${others.join(', ')} was not asked for`, {
    hint: 'leave it out; to set other variables reject the fix and run: hivemind retry NAME --env-file FILE',
  });
}

async function recordAnswer(ports: AnswerFixPorts, fix: Fix, actor: string): Promise<void> {
  const { does, asks, digest, answer } = fix;
  const approved = answer?.approved === true;
  const values = approved && asks.length > 0 ? `, with a value for ${asks.join(', ')}` : '';
  await recordFixEvent(ports, fix, {
    actor,
    type: 'fix.answered',
    message: `${approved ? 'approved' : 'rejected'}: ${does}${values}`,
    data: { approved, digest },
  });
}

const otherDigest = ({ id }: Fix): HiveMindError =>
  new HiveMindError('FixChanged', `what was answered is not what the fix "${id}" does`, {
    hint: `look at it again and answer that: hivemind approve ${id}`,
  });

const CLOSED_WORDS: Readonly<Record<FixStatus, string>> = {
  PROPOSED: 'it needs no answer: it is applied by itself',
  APPROVED: 'it was approved',
  REJECTED: 'it was rejected',
  UNANSWERED: 'nobody had answered in time',
  CANCELLED: 'its workflow was cancelled',
  APPLIED: 'it is applied already',
  VALIDATED: 'it was applied, and helped',
  FAILED: 'it was applied, and did not help',
};

function closed(fix: Fix): HiveMindError {
  const { answer, status } = fix;
  return fixClosed(fix, `${CLOSED_WORDS[status]}${answer ? ` (${answer.by}, ${answer.at})` : ''}`);
}

const fixClosed = ({ id, deploymentName }: Fix, why: string): HiveMindError =>
  new HiveMindError('FixClosed', `the fix "${id}" takes no answer any more: ${why}`, {
    hint: `how it went on: hivemind status ${deploymentName}; to try again after a failure: hivemind retry ${deploymentName}`,
  });
