import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import { phaseOfStage } from '../../src/domain/diagnosis/phase.ts';
import { ACTIONS } from '../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES } from '../../src/domain/diagnosis/taxonomy/causes.ts';
import { asHiveMindError } from '../../src/domain/errors.ts';
import type { Execution } from '../../src/domain/execution.ts';
import type { FailureDetail, FailureDiagnosis } from '../../src/domain/failure.ts';
import type { LogSource } from '../../src/domain/log-line.ts';
import { singleLine } from '../../src/domain/plain-text.ts';
import type { StageName } from '../../src/domain/stage.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

/** Where the logs of builds and instances can be read, they are; else what the failure says itself has to do. */
export interface MedicPorts extends StagePorts {
  readonly telemetry: Pick<Telemetry, 'log'> & Partial<Pick<Telemetry, 'read'>>;
}

/** Lines of a log that are read, from its end. */
const LOG_LINES = 1000;

/** What the failure is put down to, from its code, its words and the log of its stage. */
export async function diagnosisOf(
  ports: MedicPorts,
  execution: Execution,
  stage: StageName | null,
  detail: FailureDetail,
): Promise<FailureDiagnosis> {
  const phase = stage === null ? undefined : phaseOfStage(stage);
  const sources: readonly LogSource[] = phase === 'compile' ? ['build'] : ['instance', 'database'];
  const lines = stage === null ? [] : await loggedLines(ports, execution, sources);
  const log = [...lines, detail.message, ...detail.logTail].join('\n');
  const found = diagnose({ log, phase, code: detail.code });
  return {
    cause: found.cause,
    confidence: found.confidence,
    evidence: found.evidence.map(({ number, text }) => ({ line: number, text: singleLine(text) })),
    action: found.fix,
    risk: found.risk,
    parameters: found.parameters,
  };
}

/** What was logged since the execution began; a log that cannot be read is no reason to say nothing at all. */
async function loggedLines(
  { clock, telemetry }: MedicPorts,
  { deploymentId, startedAt }: Execution,
  sources: readonly LogSource[],
): Promise<readonly string[]> {
  try {
    const lines = (await telemetry.read?.({ deploymentId, sources, tail: LOG_LINES })) ?? [];
    return lines.filter(({ time }) => time >= startedAt).map(({ text }) => text);
  } catch (error) {
    const text = `diagnosing without the log, which cannot be read: ${asHiveMindError(error).message}`;
    telemetry.log(deploymentId, { time: clock.now(), source: 'agent', name: 'medic', text });
    return [];
  }
}

/** A diagnosis as the history tells it. */
export const diagnosisMessage = ({ cause, confidence, action }: FailureDiagnosis): string =>
  `${CAUSES[cause].meaning} (${cause}, ${Math.round(confidence * 100)} %): ${ACTIONS[action].does}`;
