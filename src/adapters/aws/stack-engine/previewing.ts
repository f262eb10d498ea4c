import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { HiveMindError } from '../../../domain/errors.ts';
import type { StackChange } from '../../../domain/stack.ts';
import type { Patience, StackRequest } from '../../../ports/stack-engine.ts';
import { lookUntilSettled, settled, underWay } from '../polling.ts';
import {
  type ChangeSet,
  changeSetName,
  createChangeSet,
  deleteChangeSet,
  findChangeSet,
} from './change-set.ts';
import { startDeletion } from './deletion.ts';
import { type DescribedStack, findStack } from './described-stack.ts';
import { type DesiredStack, desiredStack } from './desired-stack.ts';
import type { BuildingFacts } from './facts.ts';
import { refuseOthers, refuseOthersName } from './foreign.ts';
import { domainNameOf, requestToken } from './names.ts';
import { mayBeReplaced } from './replacement.ts';

/**
 * A change set of one of our stacks is worked out within seconds. Both together, with the calls between them, have to end before the
 * function does: a name that is kept for a change set is taken away by nobody else.
 */
export const WORKING_OUT: Patience = { patienceSeconds: 45 };
export const TAKING_AWAY: Patience = { patienceSeconds: 30 };

/**
 * What `deploy` would do, as a change set tells, which is made for this and taken away again.
 * @throws {HiveMindError} StackNotOurs, DeploymentBusy, StackStuck, StackFailed
 */
export async function previewStack(
  facts: BuildingFacts,
  request: StackRequest,
): Promise<readonly StackChange[]> {
  const desired = withStandIns(await desiredStack(facts, request));
  const stack = await findStack(facts.cloudFormation, request.name);
  if (stack?.phase === 'empty') await refuseOthersName(facts.cloudFormation, stack);
  else if (stack) {
    refuseOthers(stack, request.deploymentId);
    if (stack.phase === 'remains' || stack.phase === 'undeletable') {
      return allOf(desired, 'create', 'the remains of a failed creation are removed first');
    }
    refuseUnchangeable(stack);
    return changesOf(facts, request, desired, 'UPDATE');
  }
  return changesOf(facts, request, desired, 'CREATE');
}

/** For what only a build can tell: which values the resources get does not matter, only that they are others. */
const STAND_INS: Readonly<Record<string, string>> = { Artifact: `sha256-${'0'.repeat(64)}`, Release: '0' };

/** AWS refuses values that a template does not allow, such as words in the place of a number. */
function withStandIns(desired: DesiredStack): DesiredStack {
  const parameters = desired.parameters.map((parameter) => {
    const { ParameterKey, ParameterValue } = parameter;
    const pattern = desired.template.Parameters[ParameterKey]?.AllowedPattern;
    const allowed = pattern === undefined || new RegExp(`^(?:${pattern})$`).test(ParameterValue);
    return allowed ? parameter : { ParameterKey, ParameterValue: STAND_INS[ParameterKey] ?? ParameterValue };
  });
  return { ...desired, parameters };
}

function refuseUnchangeable({ name, phase }: DescribedStack): void {
  if (phase === 'busy' || phase === 'tidying') {
    throw new HiveMindError('DeploymentBusy', `the stack "${name}" is being changed`, {
      hint: 'wait until that has ended (`hivemind status` shows it), then ask again',
    });
  }
  if (phase === 'stuck') {
    throw new HiveMindError('StackStuck', `the stack "${name}" is stuck in a rollback that failed`, {
      hint: 'deploy: it continues the rollback first, and says what is in its way when that does not help',
    });
  }
}

async function changesOf(
  facts: BuildingFacts,
  request: StackRequest,
  desired: DesiredStack,
  type: 'CREATE' | 'UPDATE',
): Promise<readonly StackChange[]> {
  let changeSet: ChangeSet | undefined;
  try {
    const name = changeSetName(request, 'preview');
    const made = await createChangeSet(facts, request, desired, { name, type });
    if (made === 'unchanged') return allOf(desired, 'none', 'unchanged');
    changeSet = await whenComplete(facts, request, name);
  } catch (error) {
    // What went wrong first is what the operator has to know.
    await takeAway(facts, request, type).catch(() => undefined);
    const builds = type === 'CREATE' && error instanceof HiveMindError && MISSING_EXPORT.test(error.message);
    if (builds) return fromTemplate(desired, error.message);
    throw error;
  }
  await takeAway(facts, request, type);
  const builds = type === 'CREATE' && changeSet?.status === 'failed' && MISSING_EXPORT.test(changeSet.reason);
  return builds ? fromTemplate(desired, changeSet?.reason ?? '') : read(changeSet, request, desired);
}

const whenComplete = (
  { cloudFormation, clock }: BuildingFacts,
  request: StackRequest,
  name: string,
): Promise<ChangeSet | undefined> =>
  lookUntilSettled(
    async () => {
      const found = await findChangeSet(cloudFormation, request.name, name);
      return found?.status === 'pending' ? underWay(found) : settled(found);
    },
    WORKING_OUT,
    clock,
  );

/** Nothing of a preview stays: neither the change set nor the name that one for a new stack has taken. */
async function takeAway(
  { cloudFormation, clock }: BuildingFacts,
  request: StackRequest,
  type: 'CREATE' | 'UPDATE',
): Promise<void> {
  await deleteChangeSet(cloudFormation, request.name, changeSetName(request, 'preview'));
  if (type === 'UPDATE') return;
  const token = `${requestToken(request.token)}-preview`;
  await lookUntilSettled(
    async () => {
      const stack = await findStack(cloudFormation, request.name);
      if (stack?.phase === 'empty') await startDeletion(cloudFormation, stack, token);
      return stack?.phase === 'empty' || stack?.status === 'DELETE_IN_PROGRESS'
        ? underWay(null)
        : settled(null);
    },
    TAKING_AWAY,
    clock,
  );
}

const MISSING_EXPORT = /No export named/;

function read(
  changeSet: ChangeSet | undefined,
  { name }: StackRequest,
  desired: DesiredStack,
): readonly StackChange[] {
  const { status = 'pending', reason = '', changes = [] } = changeSet ?? {};
  if (status === 'unchanged') return allOf(desired, 'none', 'unchanged');
  if (status === 'complete') {
    const changed = changes.flatMap(({ ResourceChange }) =>
      ResourceChange ? [stackChange(ResourceChange)] : [],
    );
    const named = new Set(changed.map(({ resource }) => resource));
    const others = allOf(desired, 'none', 'unchanged').filter(({ resource }) => !named.has(resource));
    return [...changed, ...others];
  }
  const because = reason || 'AWS did not work it out in time';
  throw new HiveMindError('StackFailed', `what changes in the stack "${name}" cannot be told: ${because}`, {
    hint: 'mend what AWS says above and run the command again: nothing was changed',
  });
}

/** A stack that builds on one that does not exist either: AWS cannot work it out, and every resource in it is new anyway. */
const fromTemplate = (desired: DesiredStack, reason: string): readonly StackChange[] =>
  allOf(desired, 'create', `does not exist yet (read from the template, because AWS says: ${reason})`);

const allOf = (
  { template }: DesiredStack,
  action: StackChange['action'],
  reason: string,
): readonly StackChange[] =>
  Object.entries(template.Resources).map(([id, { Type }]) => ({
    action,
    resource: `${id} (${Type})`,
    reason,
  }));

const ACTIONS = { Add: 'create', Import: 'create', Remove: 'remove' } as const;

function stackChange(change: ResourceChange): StackChange {
  const { Action, Replacement, LogicalResourceId, ResourceType } = change;
  const resource = `${LogicalResourceId} (${ResourceType})`;
  if (Action === 'Add' || Action === 'Import' || Action === 'Remove') {
    return {
      action: ACTIONS[Action],
      resource,
      reason: Action === 'Remove' ? 'not needed any more' : 'does not exist yet',
    };
  }
  const causes = `changed: ${causesOf(change).join(', ') || 'the template'}`;
  if (!mayBeReplaced(change)) return { action: 'modify', resource, reason: causes };
  return {
    action: 'replace',
    resource,
    reason: Replacement === 'True' ? causes : `${causes}; may not need it`,
  };
}

/** What a resource is changed by: parameters and other resources where they are known, else its own properties. */
function causesOf({ Details = [] }: ResourceChange): readonly string[] {
  const causes = Details.flatMap(({ CausingEntity, ChangeSource, Target }) => {
    if (ChangeSource === 'ParameterReference' && CausingEntity) return domainNameOf(CausingEntity);
    return CausingEntity ?? Target?.Name ?? Target?.Attribute ?? [];
  });
  return [...new Set(causes)];
}
