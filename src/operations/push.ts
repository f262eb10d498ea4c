import { deployRequest, updateRequest } from '../contracts/api.ts';
import { type Deployment, derivedId } from '../domain/deployment.ts';
import { asHiveMindError, HiveMindError } from '../domain/errors.ts';
import type { Execution } from '../domain/execution.ts';
import { followsPush, type Push } from '../domain/push.ts';
import type { ForDeployment } from '../stages/for-deployment.ts';
import { analysedOutput } from '../stages/outputs.ts';
import { findOutput } from '../stages/stage-context.ts';
import { type SettingsPorts, settingsToKeep } from './inherited-settings.ts';
import type { OperationPorts, RecordPorts } from './ports.ts';
import {
  actorOf,
  isOutdated,
  NOT_STARTED,
  newestOf,
  newestQueued,
  note,
  notedPushes,
  type PushDecision,
} from './push-notes.ts';
import { recordDeploy } from './record-deploy.ts';
import { settleNotStarted } from './settle-execution.ts';
import { recordUpdate } from './start-update.ts';

export type PushPorts = OperationPorts & SettingsPorts;

export interface DecidedPush {
  readonly deploymentId: string;
  readonly decision: PushDecision;
}

const MOST_DEPLOYMENTS = 10_000;

/**
 * Deploys what a push changed: every deployment that follows the branch. What is being changed already gets it afterwards. One that
 * cannot be started holds none of the others up.
 * @throws {HiveMindError} InvalidInput, UnsafeSource: it names no repository; else the first failure, after all were tried
 */
export async function deployPush(
  ports: PushPorts,
  push: Push,
  forDeployment: ForDeployment,
): Promise<readonly DecidedPush[]> {
  const deployments = await ports.store.listDeployments({ limit: MOST_DEPLOYMENTS });
  const decided: DecidedPush[] = [];
  const failures: HiveMindError[] = [];
  for (const deployment of deployments.filter((candidate) => followsPush(candidate, push))) {
    try {
      decided.push(await forDeployment(deployment.id, () => considerPush(ports, deployment, push)));
    } catch (error) {
      failures.push(asHiveMindError(error));
    }
  }
  if (failures[0]) throw failures[0];
  return decided;
}

/** Starts the newest of the pushes that came while an execution ran, now that it has ended. */
export async function deployQueuedPush(ports: PushPorts, ended: Execution): Promise<DecidedPush | undefined> {
  const push = await newestQueued(ports, ended.id);
  const deployment = push && (await ports.store.findDeployment(ended.deploymentId));
  if (!deployment || !followsPush(deployment, push)) return undefined;
  return await considerPush(ports, deployment, push);
}

/** Starts the newest of the pushes that a freeze held back, unless a later one was seen to. */
export async function deployFrozenPush(
  ports: PushPorts,
  deployment: Deployment,
): Promise<DecidedPush | undefined> {
  if (deployment.target !== 'aws' || deployment.source.kind !== 'git') return undefined;
  const noted = await notedPushes(ports, { deploymentId: deployment.id });
  const push = newestOf(noted.filter(({ decision }) => decision === 'frozen'));
  if (!push || !followsPush(deployment, push)) return undefined;
  const isSame = (other: { readonly push: Push }) => other.push.eventId === push.eventId;
  const held = noted.findLastIndex((other) => other.decision === 'frozen' && isSame(other));
  const since = noted.slice(held + 1).filter(({ decision }) => decision !== NOT_STARTED);
  if (since.some(isSame)) return undefined;
  return await considerPush(ports, deployment, push);
}

/** Somebody else may end or begin at any moment of these decisions; each round looks at the world anew. */
const MAX_ROUNDS = 10;

async function considerPush(ports: PushPorts, deployment: Deployment, push: Push): Promise<DecidedPush> {
  const deploymentId = deployment.id;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const decision = await decide(ports, deployment, push);
    if (decision !== undefined) return { deploymentId, decision };
  }
  throw new HiveMindError('DeploymentBusy', `"${deployment.name}" changes hands too often to queue a push`, {
    hint: 'the push is delivered again; if it does not show, run the deploy by hand',
  });
}

/** Undefined when the world changed meanwhile. */
async function decide(
  ports: PushPorts,
  deployment: Deployment,
  push: Push,
): Promise<PushDecision | undefined> {
  const { id, known } = await newestAttempt(ports, deployment, push);
  if (known) return await repeated(ports, known);
  if (deployment.source.kind !== 'git' || !deployment.source.url.startsWith('https:')) {
    const why =
      'it is deployed from an address that AWS cannot fetch: deploy it once from its https:// address';
    return await note(ports, deployment, push, { decision: 'refused', why });
  }
  if (await isOutdated(ports, deployment.id, push)) {
    return await note(ports, deployment, push, { decision: 'outdated', why: 'a later push was seen to' });
  }
  if (await ports.store.findLock(deployment.id)) return await behind(ports, deployment, push);
  if ((await liveCommit(ports, deployment.id)) === push.commit) {
    return await note(ports, deployment, push, { decision: 'live', why: 'it is live already' });
  }
  try {
    await start(ports, await recordPush(ports, deployment, push, id), push);
    return 'started';
  } catch (error) {
    if (!(error instanceof HiveMindError)) throw error;
    if (error.code === 'DeploymentBusy') return await behind(ports, deployment, push);
    if (error.code !== 'Frozen') throw error;
    const why = `${error.message}; the newest push starts at \`hivemind resume\``;
    await note(ports, deployment, push, { decision: 'frozen', why });
    // Whoever ended the freeze just before this may have looked already: then nobody would ever start it.
    return (await ports.store.findFreeze()) ? 'frozen' : undefined;
  }
}

/** Random enough that nobody meets it by chance, and always the same for one attempt at one push of one deployment. */
const executionIdFor = (deployment: Deployment, push: Push, attempt: number): string => {
  const seed = `${deployment.id} ${push.eventId}`;
  return `${PUSH_PREFIX}${derivedId(attempt === 0 ? seed : `${seed} ${attempt}`)}`;
};

const PUSH_PREFIX = 'push-';

/** One that the workflow engine did not take makes room for the next: its name may be used up. */
async function newestAttempt(ports: PushPorts, deployment: Deployment, push: Push) {
  for (let attempt = 0; ; attempt += 1) {
    const id = executionIdFor(deployment, push, attempt);
    const known = await ports.store.findExecution(id);
    if (known?.status !== 'FAILED' || !(await hasNotStarted(ports, id))) return { id, known };
  }
}

async function hasNotStarted(ports: RecordPorts, executionId: string): Promise<boolean> {
  const noted = await notedPushes(ports, { executionId });
  return noted.some(({ decision }) => decision === NOT_STARTED);
}

/** The push is delivered again, and is then to be started: that is on record before the end of this attempt is. */
async function start(ports: PushPorts, execution: Execution, push: Push): Promise<void> {
  const { workflow, id, deploymentId } = execution;
  try {
    await ports.runner.start(workflow, id, deploymentId);
  } catch (error) {
    const why = `${asHiveMindError(error).message}; it is started when it is delivered again`;
    await note(ports, { id: deploymentId }, push, { decision: NOT_STARTED, why, executionId: id });
    await settleNotStarted(ports, execution, error);
    throw error;
  }
}

/** Whoever began to start it may have died before the workflow ran; starting it twice is one run. */
async function repeated(ports: PushPorts, execution: Execution): Promise<PushDecision> {
  const { id, workflow, deploymentId } = execution;
  if (execution.status === 'RUNNING') await ports.runner.start(workflow, id, deploymentId);
  return 'repeated';
}

/**
 * An update of what is live, a deploy of what is not yet. The workflow resolves the branch itself, so that it brings this commit or
 * one that came after it. Nothing is asked about a failure: the next push, which may mend it, would wait for the answer.
 */
async function recordPush(ports: PushPorts, deployment: Deployment, push: Push, executionId: string) {
  const { id, name, source, stage, target } = deployment;
  const actor = actorOf(push);
  const data = { push: { ...push } };
  const present = await ports.store.findDeployment(id);
  if (present?.liveRelease !== undefined) {
    const request = updateRequest.parse({});
    return await recordUpdate(ports, present, { executionId, request, actor, data, unattended: true });
  }
  const earlier = await settingsToKeep(ports, id);
  const request = deployRequest.parse({
    source: source.kind === 'git' ? [source.url, source.ref].filter(Boolean).join('#') : source.path,
    name,
    stage,
    target,
    startTimeoutSeconds: earlier?.startTimeoutSeconds,
  });
  return await recordDeploy(ports, { executionId, request, actor, data, unattended: true });
}

/** The deployment is being changed: the push waits for the end of that, unless what runs has it already. */
async function behind(
  ports: PushPorts,
  deployment: Deployment,
  push: Push,
): Promise<PushDecision | undefined> {
  const lock = await ports.store.findLock(deployment.id);
  const holder = lock && (await ports.store.findExecution(lock.owner));
  if (!holder) return undefined;
  if (holder.workflow === 'destroy') {
    return await note(ports, deployment, push, {
      decision: 'refused',
      why: 'the deployment is being removed',
    });
  }
  const analysed = await findOutput(ports.store, holder.id, 'analyse', analysedOutput);
  if (analysed?.source.commit === push.commit) {
    return await note(ports, deployment, push, { decision: 'running', why: `${holder.id} deploys it` });
  }
  const why = `${holder.id} runs; the newest push starts when it has ended`;
  await note(ports, deployment, push, { decision: 'queued', why, executionId: holder.id });
  // Its end may have been settled just before the push was in the queue: then nobody would ever look.
  return (await ports.store.findLock(deployment.id))?.owner === holder.id ? 'queued' : undefined;
}

async function liveCommit(ports: RecordPorts, deploymentId: string): Promise<string | undefined> {
  const deployment = await ports.store.findDeployment(deploymentId);
  const releases = await ports.store.listReleases(deploymentId);
  return releases.find(({ number }) => number === deployment?.liveRelease)?.commit;
}
