import type { Target } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { DeploymentMetrics, Telemetry } from '../../src/ports/telemetry.ts';
import { type Observed, observedOutput, releasedOutput } from '../../src/stages/outputs.ts';
import { currentReport, type ReportPorts } from '../../src/stages/report-facts.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type Agent,
  type AgentCall,
  openReleaseExecution,
  requireOutput,
  type TaskAnswer,
} from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { opsEvent } from './schema.ts';
import { type SpottingPorts, spottedAnomalies } from './spot-anomalies.ts';

export interface OpsPorts extends SpottingPorts, ReportPorts {
  readonly telemetry: Pick<Telemetry, 'log' | 'read' | 'metrics'>;
}

/** Ops: makes sure that logs and metrics of the release arrive, and writes the report. */
export const ops =
  (ports: OpsPorts): Agent =>
  async (event, call) => {
    const { executionId, action } = parseEvent(opsEvent, event);
    const execution = await openReleaseExecution(ports.store, executionId);
    return action === 'observe' ? observe(ports, execution, call) : report(ports, execution);
  };

async function observe(ports: OpsPorts, execution: ReleaseExecution, call: AgentCall): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const released = await requireOutput(ports.store, execution.id, 'release', releasedOutput);
  const result = await runStage<Observed>(ports, execution, call, {
    stage: 'observe',
    inputs: async () => ({ stack: released.stack, release: released.release }),
    output: observedOutput,
    stillTrue: async () => true,
    run: async () => {
      const [metrics, lines] = await Promise.all([
        ports.telemetry.metrics(deploymentId),
        ports.telemetry.read({ deploymentId, tail: 1000 }),
      ]);
      const measured = metrics.instances.map(({ id }) => id);
      const missing = released.instances.filter((id) => !measured.includes(id));
      if (missing.length > 0) throw unmeasured(missing);
      const sources = [...new Set(lines.map(({ source }) => source))];
      const anomalies = await spottedAnomalies(ports, execution, { released, metrics, lines }, call.signal);
      return {
        finished: true,
        output: observedOutput.parse({ sources, ...(anomalies.length > 0 && { anomalies }) }),
        summary: `logs of ${sources.join(', ')}; ${metricsText(execution.settings.target, metrics)}`,
      };
    },
  });
  return { finished: result.finished };
}

/** CloudWatch shows numbers minutes late: an instance that is known there and has none yet is no fault. */
function metricsText(target: Target, { instances }: DeploymentMetrics): string {
  const known = instances.length;
  const measured = instances.filter(({ cpuPercent }) => cpuPercent !== null).length;
  return target === 'local' || measured === known
    ? `metrics of ${known} instances`
    : `metrics of ${measured} of ${known} instances so far`;
}

const unmeasured = (instances: readonly string[]): HiveMindError =>
  new HiveMindError('InstanceNotFound', `there are no metrics of ${instances.join(', ')}`, {
    hint: 'run the deploy again: an instance disappeared while it was being watched',
  });

/** Written anew at every success: it describes the present, so nothing of it is reused. */
async function report(ports: OpsPorts, execution: ReleaseExecution): Promise<TaskAnswer> {
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (deployment) {
    await ports.store.putReport(deployment.id, await currentReport(ports, deployment));
  }
  return { finished: true };
}
