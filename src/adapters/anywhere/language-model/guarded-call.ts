import { modelName } from '../../../domain/models/model-settings.ts';
import { type CallFailure, type CallResult, failed } from './call-failure.ts';
import {
  type CallRequest,
  type LedgerLine,
  nothingServed,
  openLine,
  type Settlement,
  servedUnseen,
  settleLine,
} from './ledger-line.ts';
import type { GatewayParts } from './parts.ts';
import { startPatience } from './patience.ts';
import { type RetryTime, withRetries } from './retries.ts';
import type { Run } from './run.ts';
import { ABORTED, orAborted } from './run-time.ts';

/** What came of one request to a provider. */
export type Attempted<Value> =
  /** It was answered, and whatever the answer is good for, it is paid. */
  | { readonly served: true; readonly settlement: Settlement; readonly result: CallResult<Value> }
  | { readonly served: false; readonly failure: CallFailure; readonly settlement?: Settlement };

/** A call of one model, with everything that guards it. */
export interface GuardedCall<Value> {
  readonly request: CallRequest;
  /** How long all of its requests may take, when so much time is left of the run. It begins when there is a place for them. */
  millisecondsFor(left: number): number;
  /** How long one request may stay silent, when so much time is left for all of them. */
  patienceMilliseconds(left: number): number;
  /** Sends one request. Never rejects; ends soon after the signal has aborted. */
  attempt(signal: AbortSignal, heard: () => void): Promise<Attempted<Value>>;
}

/** Breaker, reservation, bulkhead, retries, and at the end the ledger and the breaker again. */
export async function guardedCall<Value>(
  parts: GatewayParts,
  run: Run,
  call: GuardedCall<Value>,
): Promise<CallResult<Value>> {
  const model = modelName(call.request.reference);
  const probeSeconds = Math.ceil(run.time.millisecondsLeft() / 1_000);
  const admitted = await orAborted(parts.breakers.admits(model, probeSeconds), run.time.signal);
  if (admitted === ABORTED) return failed(run.time.reason(), { mayBeBilled: false });
  if (!admitted) return failed('breaker-open');
  const result = await reservedCall(parts, run, call);
  const reporting = parts.breakers.report(model, result.ok ? 'up' : result.failure.evidence);
  parts.background.add(reporting);
  await Promise.race([reporting, run.time.over]);
  return result;
}

/** Nothing is sent whose answer could not arrive in time: it would be billed. */
const SHORTEST_REQUEST_MILLISECONDS = 100;

/** The line that pays for the request that is under way, or for the next one. */
interface Paid {
  line: LedgerLine | undefined;
  /** Whether one of the requests so far says that the model is down. */
  wasDown: boolean;
}

async function reservedCall<Value>(
  parts: GatewayParts,
  run: Run,
  call: GuardedCall<Value>,
): Promise<CallResult<Value>> {
  const opened = await openLine(parts, run, call.request);
  if (!opened.ok) return opened;
  const paid: Paid = { line: opened.value, wasDown: false };
  const entered = await parts.bulkheads.enter(modelName(call.request.reference), run.time.signal, () => {
    const time = retryTime(parts, run, call);
    return withRetries(time, () => attempt(parts, run, call, paid, time.millisecondsLeft()));
  });
  const result = entered ?? noPlace(run);
  if (paid.line !== undefined && !result.ok) {
    await settleLine(parts, run, paid.line, nothingServed(result.failure.reason));
  }
  return paid.wasDown ? withEvidence(result) : result;
}

/** The last request of a model that does not answer often ends with the time of the question, which by itself says nothing. */
const withEvidence = <Value>(result: CallResult<Value>): CallResult<Value> =>
  result.ok || result.failure.evidence !== 'none'
    ? result
    : { ok: false, failure: { ...result.failure, evidence: 'down' } };

function retryTime<Value>({ clock }: GatewayParts, { time }: Run, call: GuardedCall<Value>): RetryTime {
  const now = () => Date.parse(clock.now());
  const endsAt = now() + call.millisecondsFor(time.millisecondsLeft());
  return {
    millisecondsLeft: () => Math.max(0, Math.min(endsAt - now(), time.millisecondsLeft())),
    pause: (milliseconds) => clock.sleep(milliseconds, time.signal),
  };
}

const noPlace = (run: Run) =>
  run.time.reason() === 'cancelled' ? failed('cancelled', { mayBeBilled: false }) : failed('busy');

async function attempt<Value>(
  parts: GatewayParts,
  run: Run,
  call: GuardedCall<Value>,
  paid: Paid,
  left: number,
): Promise<CallResult<Value>> {
  if (left < SHORTEST_REQUEST_MILLISECONDS) return failed('deadline', { mayBeBilled: false });
  if (paid.line === undefined) {
    // The request before may be billed, and its line is closed with it: this one has to fit into the budgets anew.
    const opened = await openLine(parts, run, call.request);
    if (!opened.ok) return opened;
    paid.line = opened.value;
  }
  if (run.time.signal.aborted) return failed(run.time.reason(), { mayBeBilled: false });
  const { line } = paid;
  line.attempts += 1;
  const patience = startPatience(parts.clock, call.patienceMilliseconds(left), run.time.signal);
  const attempted = await call.attempt(patience.signal, patience.heard);
  patience.end();
  const settlement = settlementOf(attempted, line);
  if (settlement !== undefined) {
    paid.line = undefined;
    await settleLine(parts, run, line, settlement);
  }
  const result = attempted.served ? attempted.result : { ok: false as const, failure: attempted.failure };
  if (!result.ok && result.failure.evidence === 'down') paid.wasDown = true;
  return result;
}

/** Undefined: nothing is billed, and the line stays open for the next request. */
function settlementOf<Value>(attempted: Attempted<Value>, line: LedgerLine): Settlement | undefined {
  if (attempted.served || attempted.settlement !== undefined) return attempted.settlement;
  return attempted.failure.mayBeBilled ? servedUnseen(line, attempted.failure) : undefined;
}
