import type { DiagnosisDocument } from '../../../src/contracts/diagnosis.ts';
import type { FixView } from '../../../src/contracts/fix.ts';
import type { Risk } from '../../../src/domain/diagnosis/taxonomy/action.ts';
import { ACTIONS } from '../../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES } from '../../../src/domain/diagnosis/taxonomy/causes.ts';
import type { FailureDiagnosis } from '../../../src/domain/failure.ts';
import { logText, singleLine } from '../../../src/domain/plain-text.ts';
import type { Colors } from '../output.ts';
import { percent, section } from './words.ts';

type Diagnosis = DiagnosisDocument['diagnosis'];

/** A diagnosis in full, as `diagnose` shows it. */
export function diagnosisText(diagnosis: Diagnosis, paint: Colors): string {
  const { cause, meaning, confidence, evidence, alternatives } = diagnosis;
  const sure = cause === 'unknown' ? '' : `, ${percent(confidence)} sure`;
  return [
    `${paint.bold(meaning)} ${paint.dim(`(${cause}${sure})`)}`,
    ...section(
      cause === 'unknown' ? 'best evidence' : 'proved by',
      evidence.map(({ line, text }) => `${paint.dim(`${String(line).padStart(6)} │`)} ${logText(text)}`),
      paint,
    ),
    ...section(HEADINGS[diagnosis.risk], actionLines(diagnosis), paint),
    ...section(
      'or else',
      alternatives.map(
        (other) => `${other.meaning} ${paint.dim(`(${other.cause}, ${percent(other.confidence)})`)}`,
      ),
      paint,
    ),
  ].join('\n');
}

const HEADINGS: Readonly<Record<Risk, string>> = {
  safe: 'to do',
  'needs-approval': 'to do',
  'human-only': 'only you can',
};

function actionLines({ does, changes, risk, parameters }: Diagnosis): readonly string[] {
  const values = Object.entries(parameters).map(([name, value]) => `${name} ${singleLine(String(value))}`);
  return [
    does,
    ...(values.length === 0 ? [] : [`with: ${values.join(', ')}`]),
    `changes: ${changes ?? 'nothing'}`,
    `risk: ${RISK_WORDS[risk]}`,
  ];
}

export const RISK_WORDS: Readonly<Record<Risk, string>> = {
  safe: 'safe, may be applied by itself',
  'needs-approval': 'needs your approval',
  'human-only': 'only a person can do it',
};

/**
 * `the port is already taken (96 %) - use another port`: a diagnosis in one line, which says what is left to the operator.
 * @param proposed what HiveMind has proposed to do about it itself
 */
export function diagnosisLine(
  { cause, confidence, action, risk }: FailureDiagnosis,
  proposed: readonly Pick<FixView, 'action'>[],
): string {
  const sure = cause === 'unknown' ? '' : ` (${percent(confidence)})`;
  const isProposed = proposed.some((fix) => fix.action === action);
  const who = isProposed ? '' : risk === 'human-only' ? 'only you can: ' : 'by hand: ';
  return `${CAUSES[cause].meaning}${sure} - ${who}${ACTIONS[action].does}`;
}
