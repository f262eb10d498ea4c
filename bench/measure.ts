/** One group of figures and whether they keep their limits. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly holds: boolean;
}

export const printSection = ({ title, lines }: Section): void =>
  console.log([`\n${title}`, ...lines].join('\n  '));

export const row = (label: string, ...cells: readonly string[]): string =>
  label.padEnd(34) + cells.map((cell) => cell.padStart(12)).join('');

export const verdict = (limit: string, holds: boolean): string => `${holds ? 'holds  ' : 'BROKEN '} ${limit}`;

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
