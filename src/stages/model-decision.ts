import type { Execution } from '../domain/execution.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ModelFailure } from '../domain/models/model-call.ts';
import type { AgentName } from '../domain/stage.ts';
import type { Reply } from '../ports/language-model.ts';
import type { StagePorts } from './stage-context.ts';

/** What a model says is never sure enough to be acted upon without validation, or without asking. */
export const MOST_MODEL_CONFIDENCE = 0.79;
/** Below it the rules' answer stands. */
export const LEAST_MODEL_CONFIDENCE = 0.6;

export const modelConfidence = (said: number): number => Math.min(said, MOST_MODEL_CONFIDENCE);

type Answered = Extract<Reply<unknown>, { readonly answered: true }>;

/**
 * Who decided, for the data of the event `decision`.
 * @param evidence where it is to be read: `server.js:12`, `log:7`
 */
export const decidedByModel = (
  { level, model, cached }: Pick<Answered, 'level' | 'model' | 'cached'>,
  confidence: number,
  evidence: readonly string[],
): JsonObject => ({ level, model, cached, confidence, evidence: [...evidence] });

/** @param reason why no model answered; undefined when none was asked, or nothing that it said could be believed */
export const decidedByRules = (reason?: ModelFailure): JsonObject => ({
  level: 'rules',
  ...(reason && { reason }),
});

/** What is said behind a decision of the rules that a model was asked about; nothing where none is configured. */
export const unansweredRemark = (reason: ModelFailure): string =>
  reason === 'not-configured' ? '' : `; rules decided, as no model answered (${reason})`;

/**
 * The history says that a model was to be asked and gave no answer. Where none is configured it says nothing: nobody wants to read that with
 * every deployment.
 * @param what what would have been its part: `explained the findings`
 */
export async function recordUnanswered(
  { store }: Pick<StagePorts, 'store'>,
  { deploymentId, id: executionId }: Pick<Execution, 'deploymentId' | 'id'>,
  {
    agent,
    what,
    reason,
  }: { readonly agent: AgentName; readonly what: string; readonly reason: ModelFailure },
): Promise<void> {
  if (reason === 'not-configured') return;
  await store.appendEvent({
    deploymentId,
    executionId,
    actor: agent,
    type: 'decision',
    message: `no model ${what} (${reason}): rules decided`,
    data: decidedByRules(reason),
  });
}

/** The log of the deployment says what of a model's answer does not count, and why; never in the model's words. */
export function logUnbelieved(
  { clock, telemetry }: Pick<StagePorts, 'clock' | 'telemetry'>,
  deploymentId: string,
  agent: AgentName,
  what: string,
): void {
  const text = `what a model said does not count: ${what}`;
  telemetry.log(deploymentId, { time: clock.now(), source: 'agent', name: agent, text });
}
