import { stripVTControlCharacters } from 'node:util';
import wrapAnsi from 'wrap-ansi';
import type { Colors } from '../output.ts';

const GAP = 2;
const NARROWEST_COLUMN = 12;

interface TableOptions {
  readonly paint: Colors;
  /** Columns of the terminal; undefined where lines may be as long as they are. */
  readonly width: number | undefined;
}

/** Columns without lines around them; on a terminal the widest ones are wrapped until all fit. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { paint, width }: TableOptions,
): string {
  const all = [head.map((title) => paint.dim(title.toUpperCase())), ...rows];
  const natural = head.map((_, column) => Math.max(...all.map((row) => visibleLength(row[column] ?? ''))));
  const widths = width === undefined ? natural : fittingWidths(natural, width);
  return all.flatMap((row) => rowLines(row, natural, widths)).join('\n');
}

const visibleLength = (cell: string): number => [...stripVTControlCharacters(cell)].length;

function fittingWidths(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const available = width - GAP * (widths.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, 0) - available;
  for (; excess > 0; excess -= 1) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST_COLUMN) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** One line, or as many as the cell that was wrapped most often. */
function rowLines(
  row: readonly string[],
  natural: readonly number[],
  widths: readonly number[],
): readonly string[] {
  const cells = row.map((cell, column) => {
    const width = widths[column] ?? 0;
    return width < (natural[column] ?? 0) ? wrapAnsi(cell, width, { hard: true }).split('\n') : [cell];
  });
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    cells
      .map((lines, column) => padded(lines[index] ?? '', widths[column] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

const padded = (cell: string, width: number): string =>
  cell + ' '.repeat(Math.max(0, width - visibleLength(cell)));
