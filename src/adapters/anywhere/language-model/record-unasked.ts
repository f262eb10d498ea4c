import { randomUUID } from 'node:crypto';
import { type ModelCall, NO_USAGE } from '../../../domain/models/model-call.ts';
import type { GatewayParts } from './parts.ts';
import type { Run } from './run.ts';
import { recordSpan } from './spans.ts';

type Unasked = Pick<ModelCall, 'level' | 'model' | 'cached' | 'promptDigest' | 'failure'>;

/** Puts on record that a question needed no model, or got none. */
export async function recordUnasked(parts: GatewayParts, run: Run, unasked: Unasked): Promise<void> {
  const now = parts.clock.now();
  const call: ModelCall = {
    ...unasked,
    id: randomUUID(),
    askedAt: now,
    settledAt: now,
    deploymentId: run.deploymentId,
    agent: run.agent,
    kind: run.kind,
    outcome: 'unasked',
    attempts: 0,
    usage: NO_USAGE,
    isEstimated: false,
    costNanoUsd: 0,
    latencyMilliseconds: 0,
    prompt: null,
  };
  recordSpan(call, { operation: 'chat' });
  parts.onCall(call);
  const recording = parts.ledger.record(call);
  parts.background.add(recording);
  await Promise.race([recording, run.time.over]).catch(() => undefined);
}
