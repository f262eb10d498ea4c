import * as z from 'zod';
import { deployRequest } from '../contracts/api.ts';
import { pushRecord } from '../contracts/push.ts';
import { type Deployment, derivedId } from '../domain/deployment.ts';
import { asHiveMindError, HiveMindError } from '../domain/errors.ts';
import { EVENT_TYPES } from '../domain/events.ts';
import type { Execution } from '../domain/execution.ts';
import { singleLine } from '../domain/plain-text.ts';
import { followsPush, type Push } from '../domain/push.ts';
import { analysedOutput } from '../stages/outputs.ts';
import { findOutput } from '../stages/stage-context.ts';
import type { OperationPorts, RecordPorts } from './ports.ts';
import { type RecordDeployPorts, recordDeploy, settingsToKeep } from './record-deploy.ts';
import { startRecorded } from './start-execution.ts';

export type PushPorts = OperationPorts & RecordDeployPorts;

/** What became of a push for one deployment. */
export type PushDecision = 'started' | 'queued' | 'repeated' | 'outdated' | 'live' | 'running' | 'refused';

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
export async function deployPush(ports: PushPorts, push: Push): Promise<readonly DecidedPush[]> {
  const deployments = await ports.store.listDeployments({ limit: MOST_DEPLOYMENTS });
  const decided: DecidedPush[] = [];
  const failures: HiveMindError[] = [];
  for (const deployment of deployments.filter((candidate) => followsPush(candidate, push))) {
    try {
      decided.push(await considerPush(ports, deployment, push));
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
  const id = executionIdFor(deployment, push);
  const known = await ports.store.findExecution(id);
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
    await startRecorded(ports, await recordPush(ports, deployment, push, id));
    return 'started';
  } catch (error) {
    if (!(error instanceof HiveMindError) || error.code !== 'DeploymentBusy') throw error;
    return await behind(ports, deployment, push);
  }
}

/** Random enough that nobody meets it by chance, and always the same for one push of one deployment. */
export const executionIdFor = (deployment: Deployment, push: Push): string =>
  `${PUSH_PREFIX}${derivedId(`${deployment.id} ${push.eventId}`)}`;

const PUSH_PREFIX = 'push-';

/** Whoever began to start it may have died before the workflow ran; starting it twice is one run. */
async function repeated(ports: PushPorts, execution: Execution): Promise<PushDecision> {
  const { id, workflow, deploymentId } = execution;
  if (execution.status === 'RUNNING') await ports.runner.start(workflow, id, deploymentId);
  return 'repeated';
}

/** The workflow resolves the branch itself, so that it deploys this commit or one that came after it. */
async function recordPush(ports: PushPorts, deployment: Deployment, push: Push, executionId: string) {
  const { id, name, source, stage, target } = deployment;
  const earlier = await settingsToKeep(ports, id);
  const request = deployRequest.parse({
    source: source.kind === 'git' ? [source.url, source.ref].filter(Boolean).join('#') : source.path,
    name,
    stage,
    target,
    startTimeoutSeconds: earlier?.startTimeoutSeconds,
  });
  const data = { push: { ...push } };
  return await recordDeploy(ports, { executionId, request, actor: actorOf(push), data });
}

/** `octocat@github.com`, in the characters that the history takes for whoever asked. */
function actorOf({ pusher, repository }: Push): string {
  const host = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^/:]+)/i.exec(repository)?.[1] ?? 'git';
  const name = pusher.replace(/[^\w.+-]+/g, '-').slice(0, 64);
  return `${name || 'unknown'}@${host.replace(/[^\w.-]/g, '-')}`;
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

async function note(
  ports: PushPorts,
  deployment: Deployment,
  push: Push,
  what: { readonly decision: PushDecision; readonly why: string; readonly executionId?: string },
): Promise<PushDecision> {
  const { decision, why, executionId = null } = what;
  const branch = singleLine(push.branch);
  await ports.store.appendEvent({
    deploymentId: deployment.id,
    executionId,
    actor: actorOf(push),
    type: 'decision',
    message: `push of ${push.commit.slice(0, 12)} to ${branch}: ${decision}: ${why}`,
    data: { decision, push: { ...push } },
  });
  return decision;
}

const pushData = z.object({ push: pushRecord, decision: z.string().optional() });

/** What the history says about pushes, oldest first. */
async function notedPushes(ports: RecordPorts, of: { deploymentId: string } | { executionId: string }) {
  const without = EVENT_TYPES.filter((type) => type !== 'decision' && type !== 'execution.started');
  const events = await ports.store.listEvents({ ...of, without });
  return events.flatMap(({ data }) => pushData.safeParse(data).data ?? []);
}

/**
 * The history of the execution is the queue: adding to it takes nothing away, whoever else adds at that moment. Of two pushes at the
 * same time the one that was queued later counts.
 */
async function newestQueued(ports: RecordPorts, executionId: string): Promise<Push | undefined> {
  const noted = await notedPushes(ports, { executionId });
  return noted
    .filter(({ decision }) => decision === 'queued')
    .map(({ push }) => push)
    .reduce<Push | undefined>((newest, push) => (newest && newest.at > push.at ? newest : push), undefined);
}

/** Whether a later push was seen to: whatever that deployed or found had this one in it. */
async function isOutdated(ports: RecordPorts, deploymentId: string, push: Push): Promise<boolean> {
  const noted = await notedPushes(ports, { deploymentId });
  return noted.some((other) => other.decision !== 'refused' && other.push.at > push.at);
}

async function liveCommit(ports: RecordPorts, deploymentId: string): Promise<string | undefined> {
  const deployment = await ports.store.findDeployment(deploymentId);
  const releases = await ports.store.listReleases(deploymentId);
  return releases.find(({ number }) => number === deployment?.liveRelease)?.commit;
}
