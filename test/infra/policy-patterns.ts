import type { Statement } from '../../lib/control-plane/statement.ts';

/** One action on one resource, both possibly patterns, as a statement allows it. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly conditions: NonNullable<Statement['conditions']>;
}

export const permissionsIn = (statements: readonly Statement[]): readonly Permission[] =>
  statements.flatMap(({ actions, resources, conditions = {} }) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource, conditions }))),
  );

/** Whether a pattern matches all that another one matches: what `*` of that one stands for, only a `*` can match. */
export const covers = (pattern: string, other: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('?', '[^*]')
      .replaceAll('*', '.*')}$`,
  ).test(other);

/** Whether there is a text that both patterns match. */
export function overlap(one: string, other: string): boolean {
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = i * (other.length + 1) + j;
    const found = known.get(key);
    if (found !== undefined) return found;
    const answer = step(i, j);
    known.set(key, answer);
    return answer;
  };
  const step = (i: number, j: number): boolean => {
    const [a, b] = [one[i], other[j]];
    if (a === '*') return from(i + 1, j) || (b !== undefined && from(i, j + 1));
    if (b === '*') return from(i, j + 1) || (a !== undefined && from(i + 1, j));
    if (a === undefined || b === undefined) return a === b;
    return (a === b || a === '?' || b === '?') && from(i + 1, j + 1);
  };
  return from(0, 0);
}
