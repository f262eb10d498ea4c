import { logText } from '../../../src/domain/plain-text.ts';
import type { Colors } from '../output.ts';
import { textTable } from './table.ts';

/** A report for a terminal: the Markdown that `renderReport` writes, with colours and aligned tables. */
export function markdownText(markdown: string, paint: Colors, width: number): string {
  const lines = markdown.trimEnd().split('\n').map(logText);
  const shown: string[] = [];
  for (let index = 0; index < lines.length; ) {
    const block = blockAt(lines, index);
    shown.push(...blockText(block, paint, width));
    index += block.length;
  }
  return shown.join('\n');
}

/** A code block, a table, or a single line. */
function blockAt(lines: readonly string[], start: number): readonly string[] {
  const first = lines[start] ?? '';
  const fence = /^`{3,}/.exec(first)?.[0];
  if (fence !== undefined) {
    const end = lines.indexOf(fence, start + 1);
    return lines.slice(start, end < 0 ? undefined : end + 1);
  }
  const rest = lines.slice(start);
  const rows = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, Math.max(1, rows < 0 ? rest.length : rows));
}

function blockText(block: readonly string[], paint: Colors, width: number): readonly string[] {
  const [first = ''] = block;
  if (first.startsWith('```')) return block.slice(1, -1).map((line) => paint.dim(`  │ ${line}`));
  if (first.startsWith('|')) {
    const [head = [], , ...rows] = block.map((line) => cellsOf(line).map((cell) => inline(cell, paint)));
    return textTable(head, rows, { paint, width }).split('\n');
  }
  const [, marks, title] = /^(#{1,6}) (.*)$/.exec(first) ?? [];
  if (title !== undefined) {
    const heading = paint.bold(inline(title, paint));
    return [marks === '#' ? paint.underline(heading) : paint.cyan(heading)];
  }
  return [inline(first.replace(/^- /, '• '), paint)];
}

const cellsOf = (row: string): readonly string[] =>
  row
    .replace(/^\|\s?|\s?\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

const INLINE = /(`+) ?(.+?) ?\1(?!`)|\*\*(.+?)\*\*|\\([^A-Za-z0-9\s])|&amp;/g;

const inline = (text: string, { bold, cyan }: Colors): string =>
  text.replace(
    INLINE,
    (
      _,
      _fence: string | undefined,
      span: string | undefined,
      strong: string | undefined,
      literal: string | undefined,
    ) => (span === undefined ? (strong === undefined ? (literal ?? '&') : bold(strong)) : cyan(span)),
  );
