import { type CloudFormationClient, ListChangeSetsCommand } from '@aws-sdk/client-cloudformation';
import { HiveMindError } from '../../../domain/errors.ts';
import { asked } from '../aws-failure.ts';
import { CHANGE_SET_PREFIX } from './change-set.ts';
import { type DescribedStack, deploymentOf } from './described-stack.ts';

/** @throws {HiveMindError} StackNotOurs: HiveMind did not make the stack */
export function refuseForeign(stack: DescribedStack): void {
  if (deploymentOf(stack) === undefined) throw foreign(stack);
}

/**
 * A name that is only kept for change sets has no tags yet: the names of the change sets tell whose it is.
 * @throws {HiveMindError} StackNotOurs
 */
export async function refuseOthersName(client: CloudFormationClient, stack: DescribedStack): Promise<void> {
  const { Summaries = [] } = await asked(
    client.send(new ListChangeSetsCommand({ StackName: stack.id })),
    `list the change sets of the stack "${stack.name}"`,
  );
  const others = Summaries.filter(({ StackName, ChangeSetName }) => {
    return StackName === stack.name && ChangeSetName?.startsWith(CHANGE_SET_PREFIX) !== true;
  });
  if (others.length > 0) throw foreign(stack);
}

const foreign = ({ name }: DescribedStack): HiveMindError =>
  new HiveMindError('StackNotOurs', `there is a stack "${name}" that HiveMind did not make`, {
    hint: 'nothing was touched: rename or delete that stack, or deploy under another name',
  });

/** @throws {HiveMindError} StackNotOurs: it belongs to another deployment, or to none of HiveMind's */
export function refuseOthers(stack: DescribedStack, deploymentId: string): void {
  refuseForeign(stack);
  if (deploymentOf(stack) === deploymentId) return;
  throw new HiveMindError(
    'StackNotOurs',
    `the stack "${stack.name}" belongs to the deployment ${deploymentOf(stack)}`,
    { hint: 'nothing was touched: deploy under another name' },
  );
}
