import type { FailureDetail } from '../../../domain/failure.ts';
import type { DescribedStack } from './described-stack.ts';
import type { ReadingFacts } from './facts.ts';
import { failureOf, type Verb } from './failure.ts';
import { failedLaunch, launchesDuring, launchesFor, launchFailure } from './launch-failure.ts';
import { TAG } from './names.ts';
import type { Operation } from './operation.ts';

const LOG_TAIL_LINES = 30;

/** How the boot script (lib/deployment/boot) begins the reason that it writes into the log of its instance. */
const BOOT_FAILED = '[hivemind] boot failed: ';

/**
 * Why an operation failed, with what CloudFormation does not tell: of an instance that did not start it knows only which one gave the
 * signal, and of one that could not be launched only that no signal came.
 */
export async function explainedFailure(
  facts: ReadingFacts,
  stack: Pick<DescribedStack, 'name' | 'tags'>,
  verb: Verb,
  operation: Operation,
): Promise<FailureDetail> {
  const failure = failureOf(stack.name, verb, operation);
  if (failure.code === 'StartFailed') return withInstanceLog(facts, stack, operation, failure);
  if (failure.code !== 'StageTimedOut') return failure;
  const launch = failedLaunch(launchesDuring(await launchesFor(facts, stack), operation));
  return launch ? launchFailure(stack.name, verb, launch, operation) : failure;
}

async function withInstanceLog(
  { instanceLogs }: ReadingFacts,
  { tags }: Pick<DescribedStack, 'tags'>,
  { failedSignals: [instance] }: Operation,
  failure: FailureDetail,
): Promise<FailureDetail> {
  const deploymentId = tags[TAG.deployment];
  if (!instanceLogs || !instance || !deploymentId) return failure;
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
