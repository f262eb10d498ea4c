import { type Execution, isPreview, isRelease, isRolling } from './execution.ts';
import { contentOf, type Fix, type FixAction, type FixPolicy, MAX_FIXES } from './fix.ts';
import { canonicalJson } from './json.ts';
import { type StageName, WORKFLOW_STAGES } from './stage.ts';

/** From here on a safe fix is applied without asking: requirement A12. */
const SURE_ENOUGH = 0.8;

/**
 * What may be done about a failure at a stage of an execution. What removes has no settings to change: there is nothing to ask about.
 * Live instances that are being replaced in place do not wait for anything: they are put back at once.
 */
export function fixPolicyOf(execution: Execution, stage: StageName | null): FixPolicy {
  if (isPreview(execution)) return 'none';
  if (!isRelease(execution)) return 'safe';
  if (isRolling(execution) && !isBefore(stage, 'roll')) return 'none';
  return execution.settings.fixes ?? (execution.unattended ? 'safe' : 'ask');
}

const isBefore = (stage: StageName | null, other: StageName): boolean =>
  stage !== null && WORKFLOW_STAGES.update.indexOf(stage) < WORKFLOW_STAGES.update.indexOf(other);

/** What becomes of a proposed fix. */
export type NextStep = 'apply' | 'ask' | 'give-up';

/** Safe, sure and complete is applied; the rest is the operator's to decide, if it may be asked about. */
export function nextStep(
  { risk, asks }: Pick<FixAction, 'risk' | 'asks'>,
  confidence: number,
  policy: FixPolicy,
): NextStep {
  if (policy === 'none') return 'give-up';
  if (risk === 'safe' && confidence >= SURE_ENOUGH && asks.length === 0) return 'apply';
  return policy === 'ask' ? 'ask' : 'give-up';
}

/** The best fix that this execution has not seen before; undefined when there is none, or when enough has been tried. */
export function untriedFix(candidates: readonly FixAction[], tried: readonly Fix[]): FixAction | undefined {
  if (tried.length >= MAX_FIXES) return undefined;
  const known = new Set(tried.map(identityOf));
  return candidates.find((candidate) => !known.has(identityOf(candidate)));
}

const identityOf = (fix: FixAction): string => canonicalJson(contentOf(fix));

const OUTCOMES: Readonly<Record<Fix['status'], string>> = {
  PROPOSED: 'proposed',
  APPROVED: 'approved',
  REJECTED: 'you declined it',
  UNANSWERED: 'nobody answered in time',
  CANCELLED: 'it ended before it could help',
  APPLIED: 'applied',
  VALIDATED: 'it helped',
  FAILED: 'it did not help',
};

/** What was tried and what became of it, one sentence a fix. */
export const triedSummary = (fixes: readonly Fix[]): string =>
  fixes.map(({ round, does, status }) => `${round}. ${does}: ${OUTCOMES[status]}`).join('; ');

export const fixOutcome = (status: Fix['status']): string => OUTCOMES[status];

/** The outcome with whoever answered, in that person's own name: not yet fit for a terminal. */
export function answeredOutcome({ status, answer }: Pick<Fix, 'status' | 'answer'>): string {
  const who = answer ? `, ${answer.approved ? 'approved' : 'declined'} by ${answer.by}` : '';
  return `${fixOutcome(status)}${who}`;
}
