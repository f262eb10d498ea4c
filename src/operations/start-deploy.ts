import type { z } from 'zod';
import type { deployRequest, Started } from '../contracts/api.ts';
import {
  type Deployment,
  newDeploymentId,
  parseDeploymentName,
  type Source,
  shortId,
} from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { type DeployExecution, type DeploySettings, isPreview } from '../domain/execution.ts';
import { nameFromSource, parseSource, sameSource, sourceLabel } from '../domain/source.ts';
import type { Secrets } from '../ports/secrets.ts';
import { deploymentBusy, holdLock, type OperationPorts, startExecution } from './start-execution.ts';

export interface StartDeployPorts extends OperationPorts {
  readonly secrets: Secrets;
}

type Request = z.output<typeof deployRequest>;

/**
 * Starts the deploy workflow. A name that is known already is the same deployment again: what did not change is not redone.
 * @throws {HiveMindError} InvalidInput, InvalidName, UnsafeSource, NameTaken, DeploymentBusy
 */
export async function startDeploy(
  ports: StartDeployPorts,
  request: Request,
  actor: string,
): Promise<Started> {
  if (request.target !== 'local') throw targetUnavailable();
  const source = parseSource(request.source, { workingTree: request.workingTree });
  const name = nameOf(request, source);
  const known = await findReusable(ports, name, source);
  const execution: DeployExecution = {
    id: `deploy-${shortId()}${shortId()}`,
    deploymentId: known?.id ?? newDeploymentId(name),
    deploymentName: name,
    workflow: 'deploy',
    status: 'RUNNING',
    settings: plainSettings(request, source),
    startedAt: ports.clock.now(),
    endedAt: null,
    actor,
    cancelRequested: false,
  };
  const start = async () => {
    if (!request.whatIf) await recordDeployment(ports, known, execution);
    const settings = await inheritedSettings(ports, execution, request);
    await startExecution(ports, { ...execution, settings }, describe(request, source));
  };
  if (request.whatIf) await start();
  else await holdLock(ports, execution, start);
  return { executionId: execution.id, deploymentId: execution.deploymentId, deploymentName: name };
}

function nameOf(request: Request, source: Source): string {
  if (request.name !== undefined) return parseDeploymentName(request.name);
  const name = nameFromSource(source);
  if (name !== undefined) return name;
  throw new HiveMindError('InvalidName', `no name can be made from "${sourceLabel(source)}"`, {
    hint: 'name the deployment: --name NAME',
  });
}

/** The deployment of this name, when it is of the same application or nothing of it ever ran. */
async function findReusable(
  ports: OperationPorts,
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

const plainSettings = (request: Request, source: Source): DeploySettings => ({
  source,
  stage: request.stage,
  whatIf: request.whatIf,
  description: request.description,
  listenerPort: request.port,
  environmentNames: Object.keys(request.environment).sort(),
  startTimeoutSeconds: request.startTimeoutSeconds,
});

/** What the operator does not say again stays as it was: environment, port, description. */
async function inheritedSettings(
  ports: StartDeployPorts,
  execution: DeployExecution,
  request: Request,
): Promise<DeploySettings> {
  const { deploymentId, settings } = execution;
  const earlier = await settingsToKeep(ports, deploymentId);
  const environment = { ...(await earlierEnvironment(ports, earlier)), ...request.environment };
  const names = Object.keys(environment).sort();
  const secret =
    names.length > 0 && !request.whatIf
      ? await ports.secrets.put(deploymentId, 'environment', environment)
      : undefined;
  return {
    ...settings,
    description: settings.description ?? earlier?.description,
    listenerPort: settings.listenerPort ?? earlier?.listenerPort,
    environmentNames: names,
    environmentSecret: secret,
  };
}

/** Those of the newest deploy that succeeded; before there is one, those of the newest attempt. */
async function settingsToKeep(
  ports: OperationPorts,
  deploymentId: string,
): Promise<DeploySettings | undefined> {
  const deploys = (await ports.store.listExecutions({ deploymentId })).filter(
    (candidate): candidate is DeployExecution => candidate.workflow === 'deploy' && !isPreview(candidate),
  );
  return (deploys.find(({ status }) => status === 'SUCCEEDED') ?? deploys[0])?.settings;
}

/** Empty when there was none, or when a failed first deploy took it away again. */
async function earlierEnvironment(
  ports: StartDeployPorts,
  earlier: DeploySettings | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (earlier?.environmentSecret === undefined) return {};
  try {
    return await ports.secrets.get(earlier.environmentSecret);
  } catch (error) {
    if (error instanceof HiveMindError && error.code === 'SecretNotFound') return {};
    throw error;
  }
}

async function recordDeployment(
  ports: OperationPorts,
  known: Deployment | undefined,
  execution: DeployExecution,
): Promise<void> {
  const { deploymentId: id, deploymentName: name, settings, startedAt } = execution;
  if (known) {
    await ports.store.updateDeployment(id, { source: settings.source, stage: settings.stage });
    return;
  }
  await createDeployment(ports, execution, {
    id,
    name,
    target: 'local',
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
async function createDeployment(ports: OperationPorts, execution: DeployExecution, deployment: Deployment) {
  try {
    await ports.store.createDeployment(deployment);
  } catch (error) {
    const holder = await ports.store.findDeployment(deployment.name);
    if (!holder || !sameSource(holder.source, deployment.source)) throw error;
    throw await deploymentBusy(ports, { ...execution, deploymentId: holder.id });
  }
}

function describe(request: Request, source: Source): string {
  const what = request.whatIf ? 'what-if of' : 'deploy of';
  const why = request.description === undefined ? '' : `: ${request.description}`;
  return `${what} ${sourceLabel(source)} (${request.stage})${why}`;
}

const targetUnavailable = (): HiveMindError =>
  new HiveMindError('InvalidInput', 'the target "aws" is not part of this version', {
    hint: 'leave --target out: the local target runs the same workflow on this machine',
  });
