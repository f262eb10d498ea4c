import { randomUUID } from 'node:crypto';
import { type BudgetAlert, type BudgetLimit, budgetLimits } from '../../../domain/models/budget.ts';
import { costNanoUsd, worstCaseNanoUsd } from '../../../domain/models/cost.ts';
import {
  type CallOutcome,
  type ModelCall,
  type ModelFailure,
  type ModelUsage,
  NO_USAGE,
} from '../../../domain/models/model-call.ts';
import { type AnswerLevel, type ModelReference, modelName } from '../../../domain/models/model-settings.ts';
import { priceOf } from '../../../domain/models/price.ts';
import { type CallFailure, type CallResult, failed } from './call-failure.ts';
import type { GatewayParts } from './parts.ts';
import type { Run } from './run.ts';
import { ABORTED, orAborted } from './run-time.ts';
import { type CallSpan, recordSpan } from './spans.ts';

/** What one call asks of a model, as far as money and records care. */
export interface CallRequest {
  readonly level: AnswerLevel;
  readonly reference: ModelReference;
  /** No tokenizer makes more of the prompt. */
  readonly promptTokensAtMost: number;
  readonly maximumOutputTokens: number;
  readonly promptDigest: string;
  /** Redacted; null where prompts are not kept. */
  readonly prompt: string | null;
  readonly operation: CallSpan['operation'];
}

/** A call that is on record and paid for in advance. */
export interface LedgerLine {
  readonly request: CallRequest;
  readonly call: ModelCall;
  readonly budgets: readonly BudgetLimit[];
  attempts: number;
}

/** What became of a call. */
export interface Settlement {
  readonly outcome: Exclude<CallOutcome, 'open' | 'unasked'>;
  readonly failure: ModelFailure | null;
  readonly usage: ModelUsage;
  readonly isEstimated: boolean;
  readonly finishReason?: string;
}

/** A ledger that does not take a line now may take it a moment later. */
const SETTLE_PAUSES_MILLISECONDS = [100, 400, 1_600];

/** Sets the most that a call can cost aside. Without that nothing is asked: not in a budget that is used up, nor unrecorded. */
export async function openLine(
  parts: GatewayParts,
  run: Run,
  request: CallRequest,
): Promise<CallResult<LedgerLine>> {
  const { ledger, clock, settings, background, onTrouble } = parts;
  const call = openCall(run, request, clock.now());
  const budgets = budgetLimits(settings.budgets, run.deploymentId, call.askedAt);
  const line: LedgerLine = { request, call, budgets, attempts: 0 };
  const reserving = ledger.reserve(call, budgets);
  try {
    const refused = await orAborted(reserving, run.time.signal);
    if (refused === undefined) return { ok: true, value: line };
    if (refused !== ABORTED) return failed('budget');
  } catch (error) {
    onTrouble(error);
    return failed('unavailable', { isRetryable: false, evidence: 'none' });
  }
  // Nobody knows yet whether it is on record: when it is, it takes its reservation back.
  const late = async () => {
    if ((await reserving) === undefined) await settleLine(parts, run, line, nothingServed(run.time.reason()));
  };
  background.add(late());
  return failed(run.time.reason(), { mayBeBilled: false });
}

/** Puts on record what became of a call, however long that takes: whoever has no time to wait goes on. */
export async function settleLine(
  parts: GatewayParts,
  run: Run,
  line: LedgerLine,
  settlement: Settlement,
): Promise<void> {
  const call = settledCall(line, settlement, parts.clock.now());
  recordSpan(call, {
    operation: line.request.operation,
    maximumOutputTokens: line.request.maximumOutputTokens,
    ...(settlement.finishReason !== undefined && { finishReason: settlement.finishReason }),
  });
  const settling = writeSettled(parts, call, line.budgets);
  parts.background.add(settling);
  parts.onCall(call);
  await Promise.race([settling, run.time.over]).catch(() => undefined);
}

async function writeSettled(
  parts: GatewayParts,
  call: ModelCall,
  budgets: readonly BudgetLimit[],
): Promise<void> {
  const alerts = await settled(parts, call, budgets);
  await Promise.all(alerts.map((alert) => parts.onAlert(alert)));
}

async function settled(
  { ledger, clock }: GatewayParts,
  call: ModelCall,
  budgets: readonly BudgetLimit[],
): Promise<readonly BudgetAlert[]> {
  for (const pause of SETTLE_PAUSES_MILLISECONDS) {
    const alerts = await ledger.settle(call, budgets).catch(() => undefined);
    if (alerts !== undefined) return alerts;
    await clock.sleep(pause);
  }
  // When it fails now, the reservation stays and counts in full: what cannot be settled never makes room in a budget.
  return ledger.settle(call, budgets);
}

/** Nothing came of it, and the provider charges nothing. */
export const nothingServed = (reason: ModelFailure): Settlement => ({
  outcome: reason === 'cancelled' ? 'cancelled' : 'failed',
  failure: reason,
  usage: NO_USAGE,
  isEstimated: false,
});

/** It may have been served in full, and nobody told us: it counts with all that it was allowed. */
export const servedUnseen = (line: LedgerLine, { reason }: CallFailure): Settlement => ({
  outcome: reason === 'cancelled' ? 'cancelled' : 'cut',
  failure: reason,
  usage: mostUsage(line.request),
  isEstimated: true,
});

export const mostUsage = (request: CallRequest): ModelUsage => ({
  ...NO_USAGE,
  inputTokens: request.promptTokensAtMost,
  outputTokens: request.maximumOutputTokens,
});

function openCall(run: Run, request: CallRequest, nowIso: string): ModelCall {
  const bounds = {
    promptTokens: request.promptTokensAtMost,
    maximumOutputTokens: request.maximumOutputTokens,
  };
  return {
    id: randomUUID(),
    askedAt: nowIso,
    settledAt: null,
    deploymentId: run.deploymentId,
    agent: run.agent,
    kind: run.kind,
    level: request.level,
    model: modelName(request.reference),
    outcome: 'open',
    cached: 'no',
    attempts: 0,
    usage: mostUsage(request),
    isEstimated: true,
    costNanoUsd: worstCaseNanoUsd(bounds, priceOf(request.reference)),
    latencyMilliseconds: 0,
    promptDigest: request.promptDigest,
    failure: null,
    prompt: request.prompt,
  };
}

function settledCall(
  line: LedgerLine,
  { finishReason: _, ...settlement }: Settlement,
  nowIso: string,
): ModelCall {
  const price = priceOf(line.request.reference);
  const cost = costNanoUsd(settlement.usage, price);
  // More than was reserved cannot be true: the prompt has not so many bytes, or the answer was not allowed to be so long.
  const isCredible = cost <= line.call.costNanoUsd;
  const usage = isCredible ? settlement.usage : mostUsage(line.request);
  return {
    ...line.call,
    ...settlement,
    usage,
    isEstimated: settlement.isEstimated || !isCredible,
    costNanoUsd: isCredible ? cost : costNanoUsd(usage, price),
    settledAt: nowIso,
    attempts: line.attempts,
    latencyMilliseconds: Math.max(0, Date.parse(nowIso) - Date.parse(line.call.askedAt)),
  };
}
