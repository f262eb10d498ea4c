import { logText, singleLine } from './plain-text.ts';

/** Text as Markdown that shows exactly this text: no markup, no HTML, no links of its own. */
export const escaped = (text: string): string =>
  singleLine(text)
    .replace(/[\\`*_[\]<>~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/^(\d*)([#+.)-])/, '$1\\$2');

/** A code span; its fence is longer than any run of back-ticks inside. */
export function code(text: string): string {
  const line = singleLine(text);
  if (line === '') return '';
  const fence = fenceFor(line, 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${line}${padding}${fence}`;
}

/** A fenced block of lines. */
export function codeBlock(lines: readonly string[]): string {
  const text = lines.map(logText);
  const fence = fenceFor(text.join('\n'), 3);
  return [`${fence}text`, ...text, fence].join('\n');
}

/** A table; the cells are Markdown already, besides the bars that would end a cell early. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** A plain web address as itself, which viewers turn into a link; anything else as code. */
export const address = (url: string): string =>
  /^https?:\/\/[a-z0-9.:[\]-]+(\/[\w.~/-]*)?$/i.test(url) ? url : code(url);

function fenceFor(text: string, minimum: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return '`'.repeat(longest >= minimum ? longest + 1 : minimum);
}
