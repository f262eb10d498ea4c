import { FAILURE_KINDS, type FailureKind } from '../../src/domain/errors.ts';
import type { Execution } from '../../src/domain/execution.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { Fix } from '../../src/domain/fix.ts';
import { WORKFLOW_STAGES } from '../../src/domain/stage.ts';
import { takeBackFix } from '../../src/stages/end-fixes.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

/**
 * Takes back the fixes before this failure that changed nothing for the better. The others stay: what failed now is something else, and
 * whether they help is seen when their stage passes.
 */
export async function judgeEarlierFixes(
  ports: Pick<StagePorts, 'store'>,
  execution: Execution,
  failure: Failure,
): Promise<void> {
  if (!failure.diagnosis) return;
  const fixes = await ports.store.listFixes(execution.id);
  for (const fix of fixes.toReversed()) {
    if (fix.status === 'APPLIED' && isUseless(execution, fix, failure)) await takeBackFix(ports, fix);
  }
}

/** The same cause again, or a failure before the stage that the fix was for: then it has made things worse. */
function isUseless({ workflow }: Execution, fix: Fix, failure: Failure): boolean {
  if (isSameAgain(fix, failure)) return true;
  if (fix.stage === null || failure.stage === null || isPassing(failure)) return false;
  const stages = WORKFLOW_STAGES[workflow];
  return stages.indexOf(failure.stage) < stages.indexOf(fix.stage);
}

/** One value that is there now is no reason why another one is missing. */
function isSameAgain({ cause, asks }: Fix, { diagnosis }: Failure): boolean {
  const name = diagnosis?.parameters['name'];
  const isOther = asks.length > 0 && typeof name === 'string' && !asks.includes(name);
  return diagnosis?.cause === cause && !isOther;
}

/** What goes away by itself has nothing to do with any fix. */
function isPassing({ code, diagnosis }: Failure): boolean {
  const kind: FailureKind = FAILURE_KINDS[code];
  return (
    kind.transient === true ||
    diagnosis?.action === 'retry_with_backoff' ||
    diagnosis?.action === 'wait_for_stack'
  );
}
