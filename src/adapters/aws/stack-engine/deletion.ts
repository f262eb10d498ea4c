import { type CloudFormationClient, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { HiveMindError } from '../../../domain/errors.ts';
import { asked, awsErrorName } from '../aws-failure.ts';
import type { DescribedStack } from './described-stack.ts';
import { described } from './failure.ts';
import { shortDigest } from './names.ts';
import { lastOperation, type Operation } from './operation.ts';

/** Tokens of all deletions begin so, except of those that make room for a creation. */
export const REMOVAL_TOKEN = 'hivemind-remove';
const FIRST_ATTEMPT = `${REMOVAL_TOKEN}-1`;
const SECOND_ATTEMPT = `${REMOVAL_TOKEN}-2`;

/**
 * A second attempt that failed less than this ago is the one that was waited for, and its failure is the answer; an older one
 * is history, after which something may have been mended.
 */
const RECENT_MILLISECONDS = 120_000;

/** @param now milliseconds since 1970 */
export const isRecent = ({ lastEventAt }: Operation, now: number): boolean =>
  now - lastEventAt < RECENT_MILLISECONDS;

/**
 * Tells CloudFormation to delete the stack. Does nothing when it is being deleted already or something else is under way: look
 * again. What a stack is protected from by its operator stays protected.
 * @throws {HiveMindError} StackFailed
 */
export async function startDeletion(
  client: CloudFormationClient,
  { id, name }: DescribedStack,
  token: string = FIRST_ATTEMPT,
): Promise<void> {
  try {
    await asked(
      client.send(
        new DeleteStackCommand({ StackName: id, ClientRequestToken: `${token}-${shortDigest(id)}` }),
      ),
      `delete the stack "${name}"`,
    );
  } catch (error) {
    if (awsErrorName(error) === 'TokenAlreadyExistsException') return;
    if (awsErrorName(error) !== 'ValidationError' || !(error instanceof HiveMindError)) throw error;
    if (/_IN_PROGRESS/.test(error.message)) return;
    throw undeletable(error);
  }
}

const undeletable = (error: HiveMindError): HiveMindError =>
  new HiveMindError('StackFailed', error.message, {
    hint: /TerminationProtection/.test(error.message)
      ? 'somebody has turned the termination protection of this stack on: turn it off in the CloudFormation console, then run the command again'
      : 'mend what AWS says above, then run the command again',
    cause: error,
  });

/**
 * A deletion failed: tries once more, because what was in the way has often gone by itself meanwhile.
 * @param now milliseconds since 1970
 * @throws {HiveMindError} StackFailed: the second attempt failed too; the message names each resource that remains, and why
 */
export async function deleteAgain(
  client: CloudFormationClient,
  stack: DescribedStack,
  now: number,
): Promise<void> {
  const operation = await lastOperation(client, stack.id);
  const triedTwice = [...operation.tokens].some((token) => token.startsWith(SECOND_ATTEMPT));
  if (triedTwice && isRecent(operation, now)) throw removalFailure(stack, operation);
  const attempt = triedTwice ? FIRST_ATTEMPT : SECOND_ATTEMPT;
  // A token counts once: the time of the failure makes this one new, and the same for everybody who saw that failure.
  await startDeletion(client, stack, `${attempt}-${operation.lastEventAt}`);
}

function removalFailure({ name }: DescribedStack, { failures, stackEvents }: Operation): HiveMindError {
  const remaining = failures.filter(({ status }) => status === 'DELETE_FAILED');
  const stackReason = stackEvents.find(({ reason }) => reason !== '');
  const what = remaining.map((event) => `${event.physicalId || event.logicalId}, ${described(event)}`);
  const because =
    what.length > 0 ? what.join('; ') : stackReason ? described(stackReason) : 'no reason given';
  return new HiveMindError(
    'StackFailed',
    `the stack "${name}" could not be removed. What remains: ${because}`,
    {
      hint: 'remove or release what AWS names above, then run the command again in two minutes: it continues with what is left',
    },
  );
}
