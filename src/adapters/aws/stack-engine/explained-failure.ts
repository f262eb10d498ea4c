import type { FailureDetail } from '../../../domain/failure.ts';
import type { DescribedStack } from './described-stack.ts';
import type { ReadingFacts } from './facts.ts';
import { failureOf, type Verb } from './failure.ts';
import { TAG } from './names.ts';
import type { Operation } from './operation.ts';

const LOG_TAIL_LINES = 30;

/** How the boot script (lib/deployment/boot) begins the reason that it writes into the log of its instance. */
const BOOT_FAILED = '[hivemind] boot failed: ';

/**
 * Why an operation failed, with the log of the instance when it was an instance that did not start: CloudFormation tells only
 * which one gave the signal.
 */
export async function explainedFailure(
  { instanceLogs }: ReadingFacts,
  { name, tags }: Pick<DescribedStack, 'name' | 'tags'>,
  verb: Verb,
  operation: Operation,
): Promise<FailureDetail> {
  const failure = failureOf(name, verb, operation);
  const [instance] = operation.failedSignals;
  const deploymentId = tags[TAG.deployment];
  if (failure.code !== 'StartFailed' || !instanceLogs || !instance || !deploymentId) return failure;
  try {
    const query = { deploymentId, sources: ['instance'], name: instance, tail: LOG_TAIL_LINES } as const;
    const logTail = (await instanceLogs.read(query)).map(({ text }) => text);
    if (logTail.length === 0) return failure;
    const said = logTail.findLast((line) => line.startsWith(BOOT_FAILED))?.slice(BOOT_FAILED.length);
    return {
      ...failure,
      logTail,
      ...(said && { message: `the release did not start on ${instance}: ${said}` }),
    };
  } catch {
    // A log that cannot be read must not hide the failure itself.
    return failure;
  }
}
