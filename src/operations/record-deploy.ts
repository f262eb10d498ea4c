import type * as z from 'zod';
import type { deployRequest } from '../contracts/api.ts';
import {
  type Deployment,
  type NetworkScope,
  newDeploymentId,
  parseDeploymentName,
  type ResolvedSource,
  type Source,
} from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { DeploySettings, ReleaseExecution } from '../domain/execution.ts';
import type { JsonObject } from '../domain/json.ts';
import { parsePlanSettings } from '../domain/plan-settings.ts';
import { nameFromSource, parseSource, sameSource, sourceLabel } from '../domain/source.ts';
import { inheritedSettings, type SettingsPorts } from './inherited-settings.ts';
import type { RecordPorts } from './ports.ts';
import { deploymentBusy, holdLock, recordExecution } from './start-execution.ts';

export type DeploymentRequest = z.output<typeof deployRequest>;

/** A deploy that somebody or something asks for. */
export interface DeployOrder {
  /** Of the execution; the same order twice is one execution. */
  readonly executionId: string;
  readonly request: DeploymentRequest;
  readonly actor: string;
  /** The source as it was resolved and stored already. */
  readonly published?: ResolvedSource | undefined;
  /** Of a deployment for which nobody ever chose one. */
  readonly defaultNetwork?: NetworkScope | undefined;
  /** What besides the workflow goes into the event that records the start. */
  readonly data?: JsonObject;
  /** Nobody waits for it. */
  readonly unattended?: true;
}

/**
 * Puts a deploy on record: takes the deployment's lock and stores deployment, secrets and execution. A name that is known already
 * is the same deployment again.
 * @throws {HiveMindError} InvalidInput, InvalidName, UnsafeSource, NameTaken, DeploymentBusy
 */
export async function recordDeploy(ports: SettingsPorts, order: DeployOrder): Promise<ReleaseExecution> {
  const { executionId: id, request, actor, published, unattended } = order;
  const source = parseSource(request.source, { workingTree: request.workingTree });
  const name = nameOf(request, source);
  const known = await findReusable(ports, name, source);
  if (known) requireSameStage(known, request);
  const execution: ReleaseExecution = {
    id,
    deploymentId: known?.id ?? newDeploymentId(name, id),
    deploymentName: name,
    workflow: 'deploy',
    status: 'RUNNING',
    settings: { ...plainSettings(request, source), published },
    startedAt: ports.clock.now(),
    endedAt: null,
    actor,
    unattended,
    cancelRequested: false,
  };
  const record = async (): Promise<ReleaseExecution> => {
    if (!request.whatIf) await recordDeployment(ports, known, execution);
    const settings = await inheritedSettings(ports, execution.deploymentId, execution.settings, {
      environment: request.environment,
      defaultNetwork: order.defaultNetwork,
    });
    const recorded = { ...execution, settings };
    await recordExecution(ports, recorded, describe(request, source), order.data);
    return recorded;
  };
  return request.whatIf ? await record() : await holdLock(ports, execution, record);
}

function nameOf(request: DeploymentRequest, source: Source): string {
  if (request.name !== undefined) return parseDeploymentName(request.name);
  const name = nameFromSource(source);
  if (name !== undefined) return name;
  throw new HiveMindError('InvalidName', `no name can be made from "${sourceLabel(source)}"`, {
    hint: 'name the deployment: --name NAME',
  });
}

/**
 * On AWS a stage is another network, and what stands in the one cannot move to the other.
 * @throws {HiveMindError} InvalidInput
 */
function requireSameStage(known: Deployment, { stage }: DeploymentRequest): void {
  if (known.target !== 'aws' || known.liveRelease === undefined || known.stage === stage) return;
  const option = known.stage === 'stage-1' ? 'with --stage-1 ("stage": "stage-1")' : 'without --stage-1';
  throw new HiveMindError('InvalidInput', `"${known.name}" runs in ${known.stage}, not in ${stage}`, {
    hint: `deploy it ${option}, or under another name`,
  });
}

/** The deployment of this name, when it is of the same application or nothing of it ever ran. */
async function findReusable(
  ports: RecordPorts,
  name: string,
  source: Source,
): Promise<Deployment | undefined> {
  const known = await ports.store.findDeployment(name);
  if (!known || known.name !== name || known.status === 'DESTROYED') return undefined;
  const neverRan = known.status === 'FAILED' && known.liveRelease === undefined;
  if (sameSource(known.source, source) || neverRan) return known;
  throw new HiveMindError(
    'NameTaken',
    `the name "${name}" belongs to a deployment of ${sourceLabel(known.source)}`,
    {
      hint: `choose another name with --name, or remove that one first: hivemind destroy ${name} --confirm ${name}`,
    },
  );
}

const plainSettings = (request: DeploymentRequest, source: Source): DeploySettings => ({
  target: request.target,
  source,
  stage: request.stage,
  whatIf: request.whatIf,
  description: request.description,
  listenerPort: request.port,
  environmentNames: Object.keys(request.environment).sort(),
  network: request.network,
  certificateArn: request.certificateArn,
  xray: request.xray,
  startTimeoutSeconds: request.startTimeoutSeconds,
  autoCleanup: request.autoCleanup,
  plan: parsePlanSettings(request.plan),
  fixes: request.fixes,
  answerSeconds: request.answerSeconds,
});

async function recordDeployment(
  ports: RecordPorts,
  known: Deployment | undefined,
  execution: ReleaseExecution,
): Promise<void> {
  const { deploymentId: id, deploymentName: name, settings, startedAt } = execution;
  if (known) {
    await ports.store.updateDeployment(id, { source: settings.source, stage: settings.stage });
    return;
  }
  await createDeployment(ports, execution, {
    id,
    name,
    target: settings.target,
    stage: settings.stage,
    source: settings.source,
    status: 'PENDING',
    createdAt: startedAt,
    updatedAt: startedAt,
  });
  await ports.store.appendEvent({
    deploymentId: id,
    executionId: execution.id,
    actor: execution.actor,
    type: 'deployment.created',
    message: `${name} from ${sourceLabel(settings.source)}`,
    data: { name, stage: settings.stage },
  });
}

/** Somebody may have taken the name a moment ago: for the same application that is a deploy which is running. */
async function createDeployment(ports: RecordPorts, execution: ReleaseExecution, deployment: Deployment) {
  try {
    await ports.store.createDeployment(deployment);
  } catch (error) {
    const holder = await ports.store.findDeployment(deployment.name);
    if (!holder || !sameSource(holder.source, deployment.source)) throw error;
    throw await deploymentBusy(ports, { ...execution, deploymentId: holder.id });
  }
}

function describe(request: DeploymentRequest, source: Source): string {
  const what = request.whatIf ? 'what-if of' : 'deploy of';
  const why = request.description === undefined ? '' : `: ${request.description}`;
  return `${what} ${sourceLabel(source)} (${request.stage})${why}`;
}
