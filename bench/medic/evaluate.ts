/**
 * Measures the diagnosis against cases: `npm run -s eval:medic -- FILE.jsonl [--predictions OUT.jsonl] [--leave-one-out marked|strict]`.
 * Prints one JSON document (score.ts). With `--leave-one-out` a case is diagnosed without the patterns that were written from
 * it: `marked`, those that say so; `strict`, all that no other case matches (docs/medic.md).
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Diagnosis, diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import { patternsWithout } from './leave-one-out.ts';
import { type MedicCase, readCases } from './medic-case.ts';
import { type Answer, scoreOf } from './score.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { predictions: { type: 'string' }, 'leave-one-out': { type: 'string' } },
});
const [file] = positionals;
if (file === undefined) {
  console.error(
    'usage: npm run -s eval:medic -- FILE.jsonl [--predictions OUT.jsonl] [--leave-one-out marked|strict]',
  );
  process.exit(2);
}
const cases = await readCases(file);
const diagnoseCase = diagnoser(cases);
const started = performance.now();
const answers: readonly Answer[] = cases.map((expected) => ({ expected, diagnosis: diagnoseCase(expected) }));
const milliseconds = performance.now() - started;
if (values.predictions !== undefined) {
  await writeFile(
    values.predictions,
    answers.map((answer) => `${JSON.stringify(prediction(answer))}\n`).join(''),
  );
}
console.log(JSON.stringify(scoreOf(answers, milliseconds), null, 2));

function diagnoser(all: readonly MedicCase[]): (medicCase: MedicCase) => Diagnosis {
  const evidence = ({ text, stage, target }: MedicCase) => ({
    log: text,
    phase: stage,
    target: target === 'both' ? undefined : target,
  });
  const method = values['leave-one-out'];
  if (method === undefined) return (medicCase) => diagnose(evidence(medicCase));
  const isUsedFor = patternsWithout(all, method === 'strict');
  return (medicCase) => diagnose(evidence(medicCase), isUsedFor(medicCase));
}

function prediction({ expected, diagnosis: { cause, confidence, fix, parameters } }: Answer) {
  return { id: expected.id, cause, confidence, action: fix, params: parameters };
}
