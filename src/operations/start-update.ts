import type * as z from 'zod';
import type { Started, updateRequest } from '../contracts/api.ts';
import {
  type Deployment,
  type ResolvedSource,
  type Source,
  shortId,
  type Target,
} from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { DeploySettings, Execution, SwapSettings } from '../domain/execution.ts';
import type { JsonObject } from '../domain/json.ts';
import { parsePlanSettings } from '../domain/plan-settings.ts';
import { MAIN_PROCESS_COUNT } from '../domain/rolling.ts';
import { sourceAt, sourceLabel } from '../domain/source.ts';
import { inheritedSettings, type SettingsPorts, settingsToKeep } from './inherited-settings.ts';
import { requireLive } from './require-deployment.ts';
import type { StartDeployPorts } from './start-deploy.ts';
import { holdLock, recordExecution, startRecorded } from './start-execution.ts';

export type UpdateRequest = z.output<typeof updateRequest>;

/** On AWS requests are counted by the minute, and told one to three minutes later: a shorter look sees little of its own step. */
const DEFAULT_BAKE_SECONDS: Readonly<Record<Target, number>> = { local: 5, aws: 180 };

/**
 * Starts the update workflow: the source as it is now, or at another ref, in the place of the live release.
 * @throws {HiveMindError} DeploymentNotFound, NotLive, InvalidInput, UnsafeSource, DeploymentBusy, Frozen
 */
export async function startUpdate(
  ports: StartDeployPorts,
  idOrName: string,
  request: UpdateRequest,
  actor: string,
): Promise<Started> {
  const deployment = await requireLive(ports.store, idOrName);
  const published = await ports.publish?.(sourceAt(deployment.source, request));
  const executionId = `update-${shortId()}${shortId()}`;
  const recorded = await recordUpdate(ports, deployment, { executionId, request, actor, published });
  await startRecorded(ports, recorded);
  return { executionId, deploymentId: deployment.id, deploymentName: deployment.name };
}

/** An update that somebody or something asks for. */
export interface UpdateOrder {
  /** Of the execution; the same order twice is one execution. */
  readonly executionId: string;
  readonly request: UpdateRequest;
  readonly actor: string;
  /** The source as it was resolved and stored already. */
  readonly published?: ResolvedSource | undefined;
  /** What besides the workflow goes into the event that records the start. */
  readonly data?: JsonObject;
  /** Nobody waits for it. */
  readonly unattended?: true;
}

/**
 * Puts an update of a live deployment on record: takes its lock and stores secrets and execution.
 * @throws {HiveMindError} InvalidInput, UnsafeSource, DeploymentBusy, Frozen
 */
export async function recordUpdate(
  ports: SettingsPorts,
  deployment: Deployment,
  { executionId: id, request, actor, published, data, unattended }: UpdateOrder,
): Promise<Execution> {
  if (request.rolling) requireSeveralInstances(deployment);
  const source = sourceAt(deployment.source, request);
  const { id: deploymentId, name: deploymentName } = deployment;
  const execution = {
    id,
    deploymentId,
    deploymentName,
    workflow: 'update',
    status: 'RUNNING',
    settings: {
      ...(await wantedSettings(ports, deployment, { ...request, source })),
      published,
      swap: swapSettings(request, deployment.target),
    },
    startedAt: ports.clock.now(),
    endedAt: null,
    actor,
    unattended,
    cancelRequested: false,
  } as const satisfies Execution;
  return await holdLock(ports, execution, async () => {
    const { environment } = request;
    const inherited = await inheritedSettings(ports, deploymentId, execution.settings, { environment });
    const ready = { ...execution, settings: { ...execution.settings, ...inherited } };
    await recordExecution(ports, ready, `update of ${deploymentName} to ${sourceLabel(source)}`, data);
    return ready;
  });
}

/** @throws {HiveMindError} InvalidInput: while the only instance is replaced nobody would answer */
function requireSeveralInstances({ name, stage, url }: Deployment): void {
  if (url === undefined || MAIN_PROCESS_COUNT[stage] > 1) return;
  throw new HiveMindError(
    'InvalidInput',
    `"${name}" has one instance (${stage}): nobody would answer while it is replaced in place`,
    { hint: `update without --rolling: hivemind update ${name} starts the new release beside the old one` },
  );
}

/** What the request says; what it leaves out is inherited. */
async function wantedSettings(
  ports: SettingsPorts,
  { id, target, stage }: Deployment,
  request: UpdateRequest & { readonly source: Source },
): Promise<DeploySettings> {
  const earlier = await settingsToKeep(ports, id);
  return {
    target,
    source: request.source,
    stage,
    whatIf: false,
    description: request.description,
    environmentNames: [],
    plan: parsePlanSettings(request.plan),
    startTimeoutSeconds: request.startTimeoutSeconds ?? earlier?.startTimeoutSeconds ?? 60,
    reversibleMigrations: request.reversibleMigrations,
    autoCleanup: request.autoCleanup,
    fixes: request.fixes,
    answerSeconds: request.answerSeconds,
  };
}

export function swapSettings(
  request: Pick<UpdateRequest, 'steps' | 'bakeSeconds' | 'keepWarmSeconds' | 'rolling'>,
  target: Target,
): SwapSettings {
  const { steps, keepWarmSeconds, rolling, bakeSeconds = DEFAULT_BAKE_SECONDS[target] } = request;
  if (bakeSeconds * steps.length <= LONGEST_SWAP_SECONDS)
    return { steps, bakeSeconds, keepWarmSeconds, rolling };
  throw new HiveMindError(
    'InvalidInput',
    `${steps.length} steps of ${bakeSeconds} s take longer than the ${LONGEST_SWAP_SECONDS / 60} minutes that a swap may take`,
    { hint: 'take fewer steps or a shorter --bake' },
  );
}

/** Half of what the workflow may take: the rest is for the build and for going back. */
const LONGEST_SWAP_SECONDS = 3_600;
