import { CAUSES } from '../../src/domain/diagnosis/taxonomy/causes.ts';
import { type DeploySettings, type Execution, isRelease } from '../../src/domain/execution.ts';
import type { Failure, FailureDiagnosis } from '../../src/domain/failure.ts';
import { ANSWER_SECONDS, type Fix, type FixAction, fixDigest, fixId } from '../../src/domain/fix.ts';
import { fixPolicyOf, nextStep, untriedFix } from '../../src/domain/fix-decision.ts';
import { changeBack } from '../../src/domain/settings-change.ts';
import { timeAfter } from '../../src/domain/time.ts';
import { ailmentOf } from './ailment.ts';
import { announceFix } from './announce-fix.ts';
import { remediesFor } from './fixes/remedies.ts';
import type { MedicPorts } from './ports.ts';

export type Proposal =
  | { readonly next: 'apply' | 'ask'; readonly fix: Fix }
  | { readonly next: 'give-up'; readonly fix?: undefined };

const GIVE_UP: Proposal = { next: 'give-up' };

/**
 * The fix that is tried next, on record; the same failure looked at twice is one proposal.
 * @param model that named the cause of the failure; undefined: rules did
 */
export async function proposeFix(
  ports: MedicPorts,
  execution: Execution,
  failure: Failure,
  model?: string,
): Promise<Proposal> {
  const { diagnosis } = failure;
  if (!diagnosis) return GIVE_UP;
  const fixes = await ports.store.listFixes(execution.id);
  const pending = pendingProposal(fixes.at(-1));
  if (pending) {
    if (pending.fix) await announceFix(ports, pending.fix);
    return pending;
  }
  const ailment = await ailmentOf(ports, execution, failure, fixes.length);
  const chosen = ailment && untriedFix(remediesFor(ailment), fixes);
  if (!chosen) return GIVE_UP;
  const settings = isRelease(execution) ? execution.settings : undefined;
  const next = nextStep(chosen, diagnosis.confidence, fixPolicyOf(execution, failure.stage));
  if (next === 'give-up') return GIVE_UP;
  const fix = fixOf(ports, {
    execution,
    failure,
    diagnosis,
    model,
    chosen,
    settings,
    round: fixes.length + 1,
    isAsked: next === 'ask',
  });
  await ports.store.putFix(fix);
  await announceFix(ports, fix);
  return { next, fix };
}

/** What was proposed for this failure before whoever proposed it died. */
function pendingProposal(last: Fix | undefined): Proposal | undefined {
  switch (last?.status) {
    case 'PROPOSED':
      return { next: last.isAsked ? 'ask' : 'apply', fix: last };
    case 'APPROVED':
      return { next: 'apply', fix: last };
    case 'REJECTED':
    case 'UNANSWERED':
    case 'CANCELLED':
      return GIVE_UP;
    case 'APPLIED':
    case 'VALIDATED':
    case 'FAILED':
    case undefined:
      return undefined;
  }
}

interface Chosen {
  readonly execution: Execution;
  readonly failure: Failure;
  readonly diagnosis: FailureDiagnosis;
  readonly model: string | undefined;
  readonly chosen: FixAction;
  readonly settings: DeploySettings | undefined;
  readonly round: number;
  readonly isAsked: boolean;
}

function fixOf({ clock }: MedicPorts, known: Chosen): Fix {
  const { execution, failure, diagnosis, model, chosen, settings, round, isAsked } = known;
  const { cause, confidence, evidence } = diagnosis;
  const digest = fixDigest(execution.id, round, chosen);
  const proposedAt = clock.now();
  const answerSeconds = settings?.answerSeconds ?? ANSWER_SECONDS;
  return {
    ...chosen,
    id: fixId(execution.id, digest),
    executionId: execution.id,
    deploymentId: execution.deploymentId,
    deploymentName: execution.deploymentName,
    round,
    stage: failure.stage,
    cause,
    confidence,
    explanation: `${CAUSES[cause].meaning}${attribution(model)}: ${failure.message}`,
    evidence: evidence.map(({ text }) => text),
    digest,
    isAsked,
    status: 'PROPOSED',
    proposedAt,
    expiresAt: isAsked ? timeAfter(proposedAt, answerSeconds) : null,
    answer: null,
    before: settings ? changeBack(settings, chosen.change) : {},
    values: null,
    taskToken: null,
  };
}

/** Whoever is asked should know whose judgement it is. */
const attribution = (model: string | undefined): string =>
  model === undefined ? '' : `, as a model reads the log (${model})`;
