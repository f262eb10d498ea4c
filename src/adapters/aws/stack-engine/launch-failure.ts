import type { FailureDetail } from '../../../domain/failure.ts';
import type { DescribedStack } from './described-stack.ts';
import type { ReadingFacts } from './facts.ts';
import { eventLines, type Verb } from './failure.ts';
import { causeOf } from './failure-causes.ts';
import type { Launch } from './launches.ts';
import { TAG } from './names.ts';
import type { Operation } from './operation.ts';

interface FailedLaunch extends Launch {
  readonly failure: string;
}

/** Launches of the group of a compute stack, newest first. They only explain: what goes on is told without them as well. */
export async function launchesFor(
  { launchesOf }: ReadingFacts,
  { name, tags }: Pick<DescribedStack, 'name' | 'tags'>,
): Promise<readonly Launch[]> {
  // The blueprint names the group like its stack.
  if (tags[TAG.blueprint] !== 'compute' || !launchesOf) return [];
  return launchesOf(name).catch(() => []);
}

/** Not those of an earlier group of this name, nor those of the return to what was before. */
export const launchesDuring = (
  launches: readonly Launch[],
  { beganAt, failedAt = Number.POSITIVE_INFINITY }: Operation,
): readonly Launch[] => launches.filter((launch) => launch.beganAt >= beganAt && launch.beganAt <= failedAt);

/** The newest, when it failed: after a failure that is over, one that went well is newer. */
export function failedLaunch([newest]: readonly Launch[]): FailedLaunch | undefined {
  return newest?.failure === undefined ? undefined : { ...newest, failure: newest.failure };
}

/** The newest, when it failed for a reason for which every other one will fail too, however long the stack waits. */
export function hopelessLaunch(launches: readonly Launch[]): FailedLaunch | undefined {
  const newest = failedLaunch(launches);
  if (!newest) return undefined;
  const cause = causeOf(newest.failure);
  const { staysAfterMilliseconds = Number.POSITIVE_INFINITY } = cause;
  const end = launches.findIndex(({ failure }) => failure === undefined || causeOf(failure) !== cause);
  const first = launches.at(end === -1 ? -1 : end - 1) ?? newest;
  return newest.beganAt - first.beganAt >= staysAfterMilliseconds ? newest : undefined;
}

/** A stack whose instances are missing, because they could not be launched. */
export function launchFailure(
  name: string,
  verb: Verb,
  { failure }: FailedLaunch,
  operation: Operation,
): FailureDetail {
  const { code, hint } = causeOf(failure);
  return {
    code,
    message: `the stack "${name}" could not be ${verb}: an instance could not be launched: ${failure}`,
    hint,
    logTail: [`Failed | Launching a new EC2 instance | ${failure}`, ...eventLines(operation)],
  };
}
