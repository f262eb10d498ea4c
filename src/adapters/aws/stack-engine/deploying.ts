import { ContinueUpdateRollbackCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { HiveMindError } from '../../../domain/errors.ts';
import { type FailureDetail, failureDetail } from '../../../domain/failure.ts';
import type { Stack } from '../../../domain/stack.ts';
import type { Patience, StackRequest } from '../../../ports/stack-engine.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { type Look, lookUntilSettled, settled, underWay } from '../polling.ts';
import { changeDatabase, type Outcomes } from './database-change.ts';
import { deleteAgain, startDeletion } from './deletion.ts';
import { type DescribedStack, domainStack, findStack } from './described-stack.ts';
import { type Deploy, desiredStack, hasParameters, isSameTemplate } from './desired-stack.ts';
import { explainedFailure } from './explained-failure.ts';
import type { BuildingFacts } from './facts.ts';
import { stuckFailure } from './failure.ts';
import { refuseOthers, refuseOthersName } from './foreign.ts';
import { hopelessLaunch, launchesDuring, launchesFor, launchFailure } from './launch-failure.ts';
import { requestToken } from './names.ts';
import { lastOperation } from './operation.ts';
import { startCreation, startUpdate } from './starting.ts';

/**
 * Creates the stack or changes it to these parameters: looks, starts the next thing that has to be done, and looks again within
 * patience. Nothing is remembered between calls: the token, which CloudFormation writes into every event, tells what this very
 * request has led to.
 * @throws {HiveMindError} StackNotOurs; what AWS refuses before it begins is an error as well
 */
export async function deployStack(
  facts: BuildingFacts,
  request: StackRequest,
  patience: Patience,
): Promise<Stack> {
  const deploy = { facts, request, desired: await desiredStack(facts, request), tooLate: patience.tooLate };
  return lookUntilSettled(() => nextStep(deploy), patience, facts.clock);
}

async function nextStep(deploy: Deploy): Promise<Look<Stack>> {
  const { facts, request } = deploy;
  const stack = await findStack(facts.cloudFormation, request.name);
  if (!stack) {
    await startCreation(deploy);
    return underWay(inProgress(deploy, 'CREATE_IN_PROGRESS'));
  }
  if (stack.phase === 'empty') await refuseOthersName(facts.cloudFormation, stack);
  else refuseOthers(stack, request.deploymentId);
  switch (stack.phase) {
    case 'tidying':
      return (await isAsDesired(deploy, stack)) ? settled(standing(stack)) : waiting(deploy, stack);
    case 'ready':
      return change(deploy, stack);
    case 'rolled-back':
      return afterRollback(deploy, stack);
    case 'empty':
    case 'remains':
      return clearAway(deploy, stack);
    case 'undeletable':
      return clearAwayAgain(deploy, stack);
    case 'stuck':
      return loosen(deploy, stack);
    default:
      return waiting(deploy, stack);
  }
}

async function waiting(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  const { cloudFormationStatus, status, outputs } = stack;
  if (cloudFormationStatus === 'CREATE_IN_PROGRESS') return creating(deploy, stack);
  return underWay(
    inProgress(deploy, status.startsWith('UPDATE') ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS', outputs),
  );
}

/**
 * A creation waits a quarter of an hour for instances that cannot be launched: it has failed as soon as that is certain, and is left for
 * whoever clears it away. A change goes back by itself first, because nothing else can be done with a stack that is being changed.
 */
async function creating(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  const { facts, request } = deploy;
  const launches = await launchesFor(facts, stack);
  if (!hopelessLaunch(launches)) return underWay(inProgress(deploy, 'CREATE_IN_PROGRESS', stack.outputs));
  const operation = await lastOperation(facts.cloudFormation, stack.id);
  const launch = hopelessLaunch(launchesDuring(launches, operation));
  if (!launch) return underWay(inProgress(deploy, 'CREATE_IN_PROGRESS', stack.outputs));
  return operation.tokens.has(requestToken(request.token))
    ? failed(deploy, 'CREATE_FAILED', launchFailure(stack.name, 'created', launch, operation))
    : makeRoom(deploy, stack);
}

const inProgress = (
  { request }: Deploy,
  status: 'CREATE_IN_PROGRESS' | 'UPDATE_IN_PROGRESS',
  outputs: Stack['outputs'] = {},
): Stack => {
  const { name, blueprint, deploymentId, parameters } = request;
  return { name, blueprint, deploymentId, status, parameters, outputs, failure: null };
};

function standing(stack: DescribedStack): Stack {
  const described = domainStack(stack);
  if (described) return described;
  throw new HiveMindError('InternalError', `the stack "${stack.name}" has lost its tags`, {
    hint: 'somebody has removed the tags of HiveMind from the stack: put them back, or delete the stack',
  });
}

const failed = (
  deploy: Deploy,
  status: 'CREATE_FAILED' | 'UPDATE_FAILED' | 'DELETE_FAILED',
  failure: FailureDetail,
): Look<Stack> => settled({ ...inProgress(deploy, 'CREATE_IN_PROGRESS'), status, failure });

/** Parameters and template: a new version of HiveMind brings new templates. */
async function isAsDesired({ facts, desired }: Deploy, stack: DescribedStack): Promise<boolean> {
  if (stack.status === 'UPDATE_FAILED' || !hasParameters(stack, desired)) return false;
  const answer = await asked(
    facts.cloudFormation.send(new GetTemplateCommand({ StackName: stack.id, TemplateStage: 'Original' })),
    `read the template of the stack "${stack.name}"`,
  );
  return isSameTemplate(desired.templateBody, answer.TemplateBody ?? '{}');
}

async function change(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  if (await isAsDesired(deploy, stack)) return settled(standing(stack));
  const { tokens } = await lastOperation(deploy.facts.cloudFormation, stack.id);
  // This request has been carried out: what CloudFormation made of it is what there is.
  if (tokens.has(requestToken(deploy.request.token))) return settled(standing(stack));
  if (deploy.request.blueprint === 'database') return changeDatabase(deploy, stack, outcomes(deploy, stack));
  const begun = await startUpdate(deploy, stack);
  return begun === 'unchanged' ? settled(standing(stack)) : outcomes(deploy, stack).begun;
}

const outcomes = (deploy: Deploy, stack: DescribedStack): Outcomes => ({
  begun: underWay(inProgress(deploy, 'UPDATE_IN_PROGRESS', stack.outputs)),
  unchanged: settled(standing(stack)),
  refused: (failure) => failed(deploy, 'UPDATE_FAILED', failure),
});

async function afterRollback(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  const operation = await lastOperation(deploy.facts.cloudFormation, stack.id);
  return operation.tokens.has(requestToken(deploy.request.token))
    ? failed(deploy, 'UPDATE_FAILED', await explainedFailure(deploy.facts, stack, 'changed', operation))
    : change(deploy, stack);
}

/** A creation that failed is the answer to its own token; for another one, its remains make room. */
async function clearAway(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  if (stack.phase === 'remains') {
    const operation = await lastOperation(deploy.facts.cloudFormation, stack.id);
    if (operation.tokens.has(requestToken(deploy.request.token))) {
      return failed(
        deploy,
        'CREATE_FAILED',
        await explainedFailure(deploy.facts, stack, 'created', operation),
      );
    }
  }
  return makeRoom(deploy, stack);
}

/** What a failed creation has left may be protected already. */
async function makeRoom(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  const { cloudFormation, liftProtection } = deploy.facts;
  if (await liftProtection(stack)) {
    await startDeletion(cloudFormation, stack, `${requestToken(deploy.request.token)}-clear`);
  }
  return underWay(inProgress(deploy, 'CREATE_IN_PROGRESS'));
}

/** Its protection stays: what somebody wanted to delete may have stood, and hold data. */
async function clearAwayAgain(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  const { cloudFormation, clock } = deploy.facts;
  try {
    await deleteAgain(cloudFormation, stack, Date.parse(clock.now()));
    return underWay(inProgress(deploy, 'CREATE_IN_PROGRESS'));
  } catch (error) {
    if (!(error instanceof HiveMindError) || error.code !== 'StackFailed') throw error;
    return failed(deploy, 'DELETE_FAILED', failureDetail(error));
  }
}

/** Continues the rollback once for every request; where that does not help, somebody has to look. */
async function loosen(deploy: Deploy, stack: DescribedStack): Promise<Look<Stack>> {
  const { cloudFormation, controlPlane } = deploy.facts;
  const operation = await lastOperation(cloudFormation, stack.id);
  const token = `${requestToken(deploy.request.token)}-continue`;
  if (operation.tokens.has(token)) {
    return failed(deploy, 'UPDATE_FAILED', stuckFailure(stack.name, operation));
  }
  await askedUnless(
    cloudFormation.send(
      new ContinueUpdateRollbackCommand({
        StackName: stack.id,
        ClientRequestToken: token,
        RoleARN: controlPlane.stackRoleArn,
      }),
    ),
    ['TokenAlreadyExistsException', 'ValidationError'],
    `continue the rollback of the stack "${stack.name}"`,
  );
  return underWay(inProgress(deploy, 'UPDATE_IN_PROGRESS', stack.outputs));
}
