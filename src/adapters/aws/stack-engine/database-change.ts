import { type Change, ExecuteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import type { FailureDetail } from '../../../domain/failure.ts';
import type { Stack } from '../../../domain/stack.ts';
import { askedUnless } from '../aws-failure.ts';
import type { Look } from '../polling.ts';
import {
  type ChangeSet,
  changeSetName,
  createChangeSet,
  deleteChangeSet,
  findChangeSet,
} from './change-set.ts';
import type { DescribedStack } from './described-stack.ts';
import type { Deploy } from './desired-stack.ts';
import { requestToken } from './names.ts';
import { mayBeReplaced } from './replacement.ts';

/** How the change of a standing stack can turn out at once. */
export interface Outcomes {
  readonly begun: Look<Stack>;
  readonly unchanged: Look<Stack>;
  readonly refused: (failure: FailureDetail) => Look<Stack>;
}

const HOLDS_DATA = ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'];

/** Changes a database stack through a change set, which tells beforehand whether the database would be lost. */
export async function changeDatabase(
  deploy: Deploy,
  stack: DescribedStack,
  outcomes: Outcomes,
): Promise<Look<Stack>> {
  const { cloudFormation } = deploy.facts;
  const name = changeSetName(deploy.request, 'deploy');
  const changeSet = await findChangeSet(cloudFormation, stack.id, name);
  if (!changeSet) {
    const made = await createChangeSet(deploy.facts, deploy.request, deploy.desired, {
      name,
      type: 'UPDATE',
    });
    return made === 'unchanged' ? outcomes.unchanged : outcomes.begun;
  }
  if (changeSet.status === 'pending') return outcomes.begun;
  const refusal = refusalOf(stack, changeSet);
  if (changeSet.status === 'complete' && !refusal) return execute(deploy, stack, changeSet, outcomes);
  await deleteChangeSet(cloudFormation, stack.id, name);
  return refusal ? outcomes.refused(refusal) : outcomes.unchanged;
}

async function execute(
  { facts, request }: Deploy,
  { id, name }: DescribedStack,
  { execution }: ChangeSet,
  outcomes: Outcomes,
): Promise<Look<Stack>> {
  const changeSet = changeSetName(request, 'deploy');
  if (execution === 'OBSOLETE') await deleteChangeSet(facts.cloudFormation, id, changeSet);
  if (execution === 'EXECUTE_COMPLETE') return outcomes.unchanged;
  if (execution !== 'AVAILABLE') return outcomes.begun;
  await askedUnless(
    facts.cloudFormation.send(
      new ExecuteChangeSetCommand({
        StackName: id,
        ChangeSetName: changeSet,
        ClientRequestToken: requestToken(request.token),
      }),
    ),
    ['InvalidChangeSetStatus', 'InvalidChangeSetStatusException', 'TokenAlreadyExistsException'],
    `change the stack "${name}"`,
  );
  return outcomes.begun;
}

/** Why the change cannot be made. */
function refusalOf(
  { name }: DescribedStack,
  { status, reason, changes }: ChangeSet,
): FailureDetail | undefined {
  if (status === 'failed') {
    const message = `the stack "${name}" could not be changed: ${reason || 'AWS gives no reason'}`;
    return {
      code: 'StackFailed',
      message,
      hint: 'mend what AWS says above and run the command again',
      logTail: [],
    };
  }
  const lost = changes.filter(losesData);
  if (lost.length === 0) return undefined;
  const ids = lost.map(({ ResourceChange }) => ResourceChange?.LogicalResourceId).join(', ');
  return {
    code: 'ReplacementRefused',
    message: `this change could replace the database of the stack "${name}" with an empty one (${ids}), so it was not made`,
    hint: 'deploy with the settings that the database was made with; or, to begin with an empty one, destroy the deployment, which keeps a snapshot, and deploy it again',
    logTail: [],
  };
}

const losesData = ({ ResourceChange: change }: Change): boolean =>
  change !== undefined &&
  HOLDS_DATA.includes(change.ResourceType ?? '') &&
  (change.Action === 'Remove' || change.Action === 'Dynamic' || mayBeReplaced(change));
