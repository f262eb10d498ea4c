import type { Fix } from '../../src/domain/fix.ts';
import { recordFixEvent } from '../../src/stages/record-fix-event.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

/** Tells the history of a proposal, once. */
export async function announceFix(ports: Pick<StagePorts, 'store'>, fix: Fix): Promise<void> {
  const { action, risk, cause, confidence, round, isAsked, expiresAt } = fix;
  await recordFixEvent(ports, fix, {
    actor: 'medic',
    type: 'fix.proposed',
    message: isAsked ? `may I ${fix.does}?` : `safe and sure enough to do without asking: ${fix.does}`,
    data: { round, action, risk, cause, confidence, isAsked, expiresAt },
  });
}
