import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import { phaseOfStage } from '../../src/domain/diagnosis/phase.ts';
import { ACTIONS } from '../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES } from '../../src/domain/diagnosis/taxonomy/causes.ts';
import type { Execution } from '../../src/domain/execution.ts';
import type { FailureDetail, FailureDiagnosis } from '../../src/domain/failure.ts';
import type { LogSource } from '../../src/domain/log-line.ts';
import { singleLine } from '../../src/domain/plain-text.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { redact } from '../../src/domain/untrusted-text/redact.ts';
import { decidedByRules } from '../../src/stages/model-decision.ts';
import { logUnreadable } from './log-unreadable.ts';
import type { MedicPorts } from './ports.ts';
import { type DecidedDiagnosis, secondOpinion } from './second-opinion.ts';

/** Lines of a log that are read, from its end. */
const LOG_LINES = 1000;

/** What the failure is put down to, from its code, its words and the log of its stage. */
export async function diagnosisOf(
  ports: MedicPorts,
  execution: Execution,
  stage: StageName | null,
  detail: FailureDetail,
  signal: AbortSignal,
): Promise<DecidedDiagnosis> {
  const phase = stage === null ? undefined : phaseOfStage(stage);
  const sources: readonly LogSource[] = phase === 'compile' ? ['build'] : ['instance', 'database'];
  const lines = stage === null ? [] : await loggedLines(ports, execution, sources);
  const log = [...lines, detail.message, ...detail.logTail].join('\n');
  const found = diagnose({ log, phase, code: detail.code });
  const { cause, confidence, fix: action, risk, parameters } = found;
  const evidence = found.evidence.map(({ number, text }) => ({
    line: number,
    text: singleLine(redact(text)),
  }));
  const byRules = { cause, confidence, evidence, action, risk, parameters };
  if (cause !== 'unknown') return { diagnosis: byRules, decidedBy: decidedByRules(), remark: '' };
  const { deploymentId } = execution;
  return await secondOpinion(ports, byRules, { deploymentId, code: detail.code, stage, log }, signal);
}

/** What was logged since the execution began, or began again; a log that cannot be read is no reason to say nothing at all. */
async function loggedLines(
  ports: MedicPorts,
  execution: Execution,
  sources: readonly LogSource[],
): Promise<readonly string[]> {
  const { deploymentId, startedAt, resumedAt } = execution;
  try {
    const lines = (await ports.telemetry.read?.({ deploymentId, sources, tail: LOG_LINES })) ?? [];
    return lines.filter(({ time }) => time >= (resumedAt ?? startedAt)).map(({ text }) => text);
  } catch (error) {
    logUnreadable(ports, execution, 'diagnosing without the log', error);
    return [];
  }
}

/** A diagnosis as the history tells it. */
export const diagnosisMessage = ({ cause, confidence, action }: FailureDiagnosis): string =>
  `${CAUSES[cause].meaning} (${cause}, ${Math.round(confidence * 100)} %): ${ACTIONS[action].does}`;
