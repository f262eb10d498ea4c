import type { ReleaseExecution } from '../../src/domain/execution.ts';
import {
  type Assessed,
  analysedOutput,
  assessedOutput,
  auditedOutput,
  computeOutput,
  releasedOutput,
} from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type Agent,
  type AgentCall,
  openReleaseExecution,
  requireOutput,
  type TaskAnswer,
} from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { controlsSummary, judgeControls } from './controls.ts';
import { explainedFindings } from './explain-findings.ts';
import { observeRepository, observeRuntime } from './observe.ts';
import type { SheriffPorts } from './ports.ts';
import { sheriffEvent } from './schema.ts';

/** SecOps: judges the repository and what runs against the controls, each with the evidence it was judged by. */
export const sheriff =
  (ports: SheriffPorts): Agent =>
  async (event, call) => {
    const { executionId, action } = parseEvent(sheriffEvent, event);
    const execution = await openReleaseExecution(ports.store, executionId);
    return action === 'assess' ? assess(ports, execution, call) : harden(ports, execution, call);
  };

async function assess(
  ports: SheriffPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const analysed = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const result = await runStage<Assessed>(ports, execution, call, {
    stage: 'assess',
    inputs: async () => ({ tree: analysed.source.tree }),
    output: assessedOutput,
    stillTrue: async () => false,
    run: async () => {
      const findings = judgeControls(await observeRepository(ports, analysed, call), execution.settings);
      return {
        finished: true,
        output: assessedOutput.parse({ findings }),
        summary: controlsSummary(findings),
      };
    },
  });
  return { finished: result.finished };
}

async function harden(
  ports: SheriffPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const analysed = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const compute = await requireOutput(ports.store, execution.id, 'compute', computeOutput);
  const released = await requireOutput(ports.store, execution.id, 'release', releasedOutput);
  const result = await runStage(ports, execution, call, {
    stage: 'harden',
    inputs: async () => ({ tree: analysed.source.tree, ...compute, url: released.url }),
    output: auditedOutput,
    stillTrue: async () => true,
    run: async () => {
      const [repository, runtime] = await Promise.all([
        observeRepository(ports, analysed, call),
        observeRuntime(ports, execution, compute.stack),
      ]);
      const judged = judgeControls({ ...repository, ...runtime }, execution.settings);
      const findings = await explainedFindings(ports, execution, analysed.plan, judged, call.signal);
      return {
        finished: true,
        output: auditedOutput.parse({ findings }),
        summary: controlsSummary(findings),
      };
    },
  });
  if (!result.finished) return { finished: false };
  await ports.store.putFindings(execution.deploymentId, execution.id, result.output.findings);
  return { finished: true };
}
