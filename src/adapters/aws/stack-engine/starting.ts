import {
  CreateStackCommand,
  type CreateStackCommandInput,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { HiveMindError } from '../../../domain/errors.ts';
import { asked, askedUnless, awsErrorName } from '../aws-failure.ts';
import { saysUnchanged } from './change-set.ts';
import type { DescribedStack } from './described-stack.ts';
import type { Deploy } from './desired-stack.ts';
import { requestToken } from './names.ts';

const wanted = ({ facts, request, desired }: Deploy): Omit<CreateStackCommandInput, 'StackName'> => ({
  TemplateBody: desired.templateBody,
  Parameters: [...desired.parameters],
  Tags: [...desired.tags],
  RoleARN: facts.controlPlane.stackRoleArn,
  Capabilities: ['CAPABILITY_NAMED_IAM'],
  ClientRequestToken: requestToken(request.token),
});

/**
 * A failed creation is rolled back and its rest kept, because with it go the events that say why; the next creation under
 * another token clears it away. Somebody else may have been faster: look again, at whose it is.
 */
export async function startCreation(deploy: Deploy): Promise<void> {
  const { facts, request, tooLate } = deploy;
  const { name } = request;
  const creation = new CreateStackCommand({ ...wanted(deploy), StackName: name, OnFailure: 'ROLLBACK' });
  try {
    await askedUnless(
      facts.cloudFormation.send(creation, tooLate && { abortSignal: tooLate }),
      ['AlreadyExistsException', 'TokenAlreadyExistsException'],
      `create the stack "${name}"`,
    );
  } catch (error) {
    throw tooLate?.aborted ? notAccepted(name, error) : error;
  }
}

const notAccepted = (name: string, cause: unknown): HiveMindError =>
  new HiveMindError('AwsUnavailable', `AWS did not accept the stack "${name}" in time`, {
    hint: 'run the command again: finished stages are not repeated',
    cause,
  });

/** Something else is under way, perhaps this very update, whose answer got lost: look again. */
const BUSY = /_IN_PROGRESS/;

export async function startUpdate(
  deploy: Deploy,
  { id, name }: DescribedStack,
): Promise<'begun' | 'unchanged'> {
  try {
    await asked(
      deploy.facts.cloudFormation.send(new UpdateStackCommand({ ...wanted(deploy), StackName: id })),
      `change the stack "${name}"`,
    );
  } catch (error) {
    if (saysUnchanged(error)) return 'unchanged';
    if (awsErrorName(error) === 'TokenAlreadyExistsException') return 'begun';
    const busy =
      awsErrorName(error) === 'ValidationError' && error instanceof Error && BUSY.test(error.message);
    if (!busy) throw error;
  }
  return 'begun';
}
