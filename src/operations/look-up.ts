import type { EventType, HistoryEvent } from '../domain/events.ts';
import type { CostEstimate } from '../ports/costs.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { currentReport, type ReportPorts } from '../stages/report-facts.ts';
import { requireDeployment } from './require-deployment.ts';

/** Steps of the workflow engine: the trace of an execution shows them, the history of a deployment would drown in them. */
const ENGINE_EVENTS: readonly EventType[] = [
  'state.entered',
  'state.exited',
  'state.retried',
  'state.caught',
];

/** Who did what, when and why, oldest first. @throws {HiveMindError} DeploymentNotFound */
export async function historyOf(
  store: DeploymentStore,
  name: string,
  after: number,
): Promise<readonly HistoryEvent[]> {
  const { id } = await requireDeployment(store, name);
  return store.listEvents({ deploymentId: id, after, without: ENGINE_EVENTS });
}

/** The report as of now, in Markdown; of a destroyed deployment the last one. @throws {HiveMindError} DeploymentNotFound */
export async function reportOf(
  ports: ReportPorts & { readonly telemetry: Pick<Telemetry, 'metrics'> },
  name: string,
): Promise<string> {
  const deployment = await requireDeployment(ports.store, name);
  const kept = deployment.status === 'DESTROYED' ? await ports.store.findReport(deployment.id) : undefined;
  return kept ?? (await currentReport(ports, deployment));
}

/** @throws {HiveMindError} DeploymentNotFound */
export async function costsOf(ports: ReportPorts, name: string): Promise<CostEstimate> {
  const deployment = await requireDeployment(ports.store, name);
  const stacks = await ports.stacks.list(deployment.id);
  return ports.costs.estimate(
    deployment.stage,
    stacks.map(({ blueprint }) => blueprint),
  );
}
