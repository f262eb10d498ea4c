import type { PatternUse } from '../../src/domain/diagnosis/findings.ts';
import { KNOWLEDGE } from '../../src/domain/diagnosis/knowledge.ts';
import { readText } from '../../src/domain/diagnosis/log/log-reader.ts';
import type { MedicCase } from './medic-case.ts';

/**
 * Which patterns may be used for a case that is left out.
 * @param strict leaves out every pattern that only this case matches, as if each were written from it; else only those
 *   that say so themselves
 */
export function patternsWithout(
  cases: readonly MedicCase[],
  strict: boolean,
): (medicCase: MedicCase) => PatternUse {
  const texts = cases.map(({ id, text }) => ({
    id,
    text: readText(text)
      .lines.map((line) => line.text)
      .join('\n'),
  }));
  const onlyIn = new Map<RegExp, string>();
  for (const pattern of KNOWLEDGE.flatMap(({ signatures }) => signatures).flatMap(
    ({ patterns }) => patterns,
  )) {
    const [first, second] = texts.filter(({ text }) => pattern.test(text));
    if (first !== undefined && second === undefined) onlyIn.set(pattern, first.id);
  }
  return ({ id }) =>
    (signature, pattern) =>
      strict ? onlyIn.get(pattern) !== id : !(signature.from === id && onlyIn.get(pattern) === id);
}
