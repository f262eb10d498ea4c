import {
  type Change,
  type ChangeSetType,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import type { StackRequest } from '../../../ports/stack-engine.ts';
import { asked, askedUnless, awsErrorName } from '../aws-failure.ts';
import { saysMissing } from './described-stack.ts';
import type { DesiredStack } from './desired-stack.ts';
import type { BuildingFacts } from './facts.ts';
import { shortDigest } from './names.ts';

/** What a change set says. */
export interface ChangeSet {
  readonly status: 'pending' | 'complete' | 'unchanged' | 'failed';
  /** Why it failed. */
  readonly reason: string;
  /** `AVAILABLE` until it is executed. */
  readonly execution: string;
  readonly changes: readonly Change[];
}

/** All change sets of HiveMind are named so. */
export const CHANGE_SET_PREFIX = 'hivemind-';

/** The same change set for the same token, on the same stack. */
export const changeSetName = ({ name, token }: StackRequest, purpose: 'deploy' | 'preview'): string =>
  `${CHANGE_SET_PREFIX}${purpose}-${shortDigest(`${name} ${token}`)}`;

const NOTHING_CHANGES = /No updates are to be performed|didn't contain changes/;

/** Whether CloudFormation refuses an update because the stack is as it should be. */
export const saysUnchanged = (error: unknown): boolean =>
  awsErrorName(error) === 'ValidationError' && error instanceof Error && NOTHING_CHANGES.test(error.message);

/** Idempotent by name. One for a new stack makes a stack that is only a name. @returns whether there is anything to change */
export async function createChangeSet(
  { cloudFormation, controlPlane }: BuildingFacts,
  request: StackRequest,
  desired: DesiredStack,
  { name, type }: { readonly name: string; readonly type: ChangeSetType },
): Promise<'made' | 'unchanged'> {
  const what = `work out what changes in the stack "${request.name}"`;
  try {
    await askedUnless(
      cloudFormation.send(
        new CreateChangeSetCommand({
          StackName: request.name,
          ChangeSetName: name,
          ChangeSetType: type,
          TemplateBody: desired.templateBody,
          Parameters: [...desired.parameters],
          Tags: [...desired.tags],
          RoleARN: controlPlane.stackRoleArn,
          Capabilities: ['CAPABILITY_NAMED_IAM'],
        }),
      ),
      ['AlreadyExistsException'],
      what,
    );
    return 'made';
  } catch (error) {
    if (saysUnchanged(error)) return 'unchanged';
    throw error;
  }
}

/** With all its changes, page by page; undefined when there is no such change set. */
export async function findChangeSet(
  client: CloudFormationClient,
  stack: string,
  name: string,
): Promise<ChangeSet | undefined> {
  const changes: Change[] = [];
  let NextToken: string | undefined;
  let answer: DescribeChangeSetCommandOutput | undefined;
  do {
    answer = await changeSetPage(client, { StackName: stack, ChangeSetName: name, NextToken });
    if (!answer) return undefined;
    changes.push(...(answer.Changes ?? []));
    NextToken = answer.NextToken;
  } while (NextToken);
  const reason = answer.StatusReason ?? '';
  return {
    status: statusOf(answer.Status, reason),
    reason,
    execution: answer.ExecutionStatus ?? '',
    changes,
  };
}

async function changeSetPage(
  client: CloudFormationClient,
  page: {
    readonly StackName: string;
    readonly ChangeSetName: string;
    readonly NextToken: string | undefined;
  },
): Promise<DescribeChangeSetCommandOutput | undefined> {
  const { NextToken, ...names } = page;
  try {
    return await askedUnless(
      client.send(new DescribeChangeSetCommand({ ...names, ...(NextToken && { NextToken }) })),
      ['ChangeSetNotFound', 'ChangeSetNotFoundException'],
      `read what changes in the stack "${page.StackName}"`,
    );
  } catch (error) {
    if (saysMissing(error)) return undefined;
    throw error;
  }
}

function statusOf(status: string | undefined, reason: string): ChangeSet['status'] {
  if (status === 'CREATE_COMPLETE') return 'complete';
  if (status !== 'FAILED') return 'pending';
  return NOTHING_CHANGES.test(reason) ? 'unchanged' : 'failed';
}

/** AWS says so of one that it is still working out, which goes with its stack, and of one that is being deleted. */
const NOT_NOW = /^(ChangeSetNotFound|InvalidChangeSetStatus)/;

/** Does nothing when it is not there, or cannot be deleted yet. */
export async function deleteChangeSet(
  client: CloudFormationClient,
  stack: string,
  name: string,
): Promise<void> {
  const what = `delete the change set "${name}" of the stack "${stack}"`;
  try {
    await asked(client.send(new DeleteChangeSetCommand({ StackName: stack, ChangeSetName: name })), what);
  } catch (error) {
    if (!saysMissing(error) && !NOT_NOW.test(awsErrorName(error) ?? '')) throw error;
  }
}
