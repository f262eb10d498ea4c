import { ACTIONS } from '../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES } from '../../src/domain/diagnosis/taxonomy/causes.ts';
import type { FailureDiagnosis } from '../../src/domain/failure.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import {
  decidedByModel,
  decidedByRules,
  LEAST_MODEL_CONFIDENCE,
  logUnbelieved,
  modelConfidence,
  unansweredRemark,
} from '../../src/stages/model-decision.ts';
import { isTelling, quotedLines, shownLines } from '../../src/stages/quoted-evidence.ts';
import { shownText } from '../../src/stages/shown-text.ts';
import { diagnosisQuestion, type ProposedDiagnosis, type UnnamedFailure } from './diagnosis-question.ts';
import type { MedicPorts } from './ports.ts';

/** A diagnosis, and who made it as the event `decision` says it. */
export interface DecidedDiagnosis {
  readonly diagnosis: FailureDiagnosis;
  readonly decidedBy: JsonObject;
  /** The same for people, to be read after the diagnosis. */
  readonly remark: string;
  /** That named the cause; undefined: rules did. */
  readonly model?: string;
}

/**
 * What a model puts a failure down to that the rules cannot name. It names a cause and nothing else: the action is the cause's own, and
 * parameters and what an operator is shown of the log are what the rules have read.
 */
export async function secondOpinion(
  ports: Pick<MedicPorts, 'model' | 'clock' | 'telemetry'>,
  byRules: FailureDiagnosis,
  failure: UnnamedFailure,
  signal: AbortSignal,
): Promise<DecidedDiagnosis> {
  const reply = await ports.model.ask(diagnosisQuestion(failure), signal);
  if (!reply.answered) {
    const { reason } = reply;
    return { diagnosis: byRules, decidedBy: decidedByRules(reason), remark: unansweredRemark(reason) };
  }
  const { value, model } = reply;
  if (value.cause === 'unknown') {
    const remark = `; a model does not know it either (${model})`;
    return { diagnosis: byRules, decidedBy: decidedByModel(reply, 0, []), remark };
  }
  const lines = provingLines(shownText(failure.log), value);
  if (value.confidence < LEAST_MODEL_CONFIDENCE || lines.length === 0) {
    const why = lines.length === 0 ? 'no line of the log shows it' : 'it was unsure';
    logUnbelieved(ports, failure.deploymentId, 'medic', `the cause ${value.cause}: ${why}`);
    return { diagnosis: byRules, decidedBy: decidedByRules(), remark: '; rules decided' };
  }
  const { cause } = value;
  const action = CAUSES[cause].fix;
  const confidence = modelConfidence(value.confidence);
  const evidence = lines.map((line) => `log:${line}`);
  return {
    diagnosis: { ...byRules, cause, confidence, action, risk: ACTIONS[action].risk },
    decidedBy: decidedByModel(reply, confidence, evidence),
    remark: `; a model named the cause (${model})`,
    model,
  };
}

/** Numbers of the lines that the log really has, as it was shown: what was left out cannot be guessed at. */
function provingLines(log: string, { evidence }: ProposedDiagnosis): readonly number[] {
  const lines = shownLines(log);
  const places = evidence.map(({ quote }) =>
    quotedLines(log, quote).find((place) => isTelling(lines, quote, place)),
  );
  return [...new Set(places.flatMap((place) => (place === undefined ? [] : [place.first])))];
}
