import type { Execution } from '../domain/execution.ts';
import type { Fix } from '../domain/fix.ts';
import { fixOutcome } from '../domain/fix-decision.ts';
import type { StageName } from '../domain/stage.ts';
import { recordFixEvent } from './record-fix-event.ts';
import type { StagePorts } from './stage-context.ts';

/** A stage that passes proves the fixes that were made for it. */
export async function validateFix(
  { store }: Pick<StagePorts, 'store'>,
  execution: Execution,
  stage: StageName,
): Promise<void> {
  if (execution.resumedAt === undefined) return;
  for (const fix of await store.listFixes(execution.id)) {
    if (fix.status === 'APPLIED' && fix.stage === stage) await concludeFix({ store }, fix, 'VALIDATED');
  }
}

/** Puts on record whether a fix has helped; does nothing when that is known. */
export async function concludeFix(
  { store }: Pick<StagePorts, 'store'>,
  fix: Fix,
  status: 'VALIDATED' | 'FAILED' | 'CANCELLED',
): Promise<void> {
  const { action, round, stage } = fix;
  await recordFixEvent({ store }, fix, {
    actor: 'medic',
    type: 'fix.concluded',
    message: `${fixOutcome(status)}: ${fix.does}`,
    data: { round, action, stage, status },
  });
  await store.changeFix(fix.executionId, fix.id, 'APPLIED', { status });
}
