import type { PreviewView } from '../../../src/contracts/api.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { dollarsText, planLines } from '../../../src/domain/wording.ts';
import type { Colors } from '../output.ts';
import { textTable } from './table.ts';
import { resultMark } from './words.ts';

interface PreviewOptions {
  readonly paint: Colors;
  readonly width: number | undefined;
}

/** What `deploy --what-if` found. */
export function previewText(preview: PreviewView, options: PreviewOptions): string {
  const { paint } = options;
  const commit = singleLine(preview.commit).slice(0, 10);
  return [
    `${paint.bold(singleLine(preview.name))}  what would be deployed from commit ${commit}`,
    ...preview.warnings.map((warning) => paint.yellow(`! ${singleLine(warning)}`)),
    titled(`plan (confidence ${preview.confidence.toFixed(2)})`, planTable(preview, options), paint),
    titled('stacks and changes', stacksText(preview, paint), paint),
    titled('security', findingsText(preview, paint), paint),
    titled('cost', costText(preview.costs, options), paint),
    `\n${paint.bold('nothing was created')}`,
  ].join('\n');
}

const titled = (title: string, body: string, { bold }: Colors): string => `\n${bold(title)}\n${body}`;

function planTable({ plan }: PreviewView, options: PreviewOptions): string {
  const rows = planLines(plan).map(({ title, value, confidence, evidence }) => [
    title,
    singleLine(value),
    confidence.toFixed(2),
    evidence.map(singleLine).join(', '),
  ]);
  return indentedTable(['field', 'value', 'confidence', 'evidence'], rows, options);
}

function stacksText({ stacks }: PreviewView, paint: Colors): string {
  if (stacks.length === 0) return '  no stack is needed';
  return stacks
    .flatMap((stack) => [
      `  ${paint.bold(stack.blueprint)} ${paint.dim(singleLine(stack.name))}`,
      ...Object.entries(stack.parameters)
        .filter(isSet)
        .map(([name, value]) => `    ${singleLine(name)} = ${singleLine(value)}`),
      ...stack.changes.map(
        ({ action, resource, reason }) =>
          `    ${changeMark(action, paint)} ${action} ${singleLine(resource)}${paint.dim(` (${singleLine(reason)})`)}`,
      ),
    ])
    .join('\n');
}

/** An empty parameter leaves the choice to the platform. */
const isSet = ([, value]: readonly [string, string]): boolean => value !== '';

type Action = PreviewView['stacks'][number]['changes'][number]['action'];

function changeMark(action: Action, { green, yellow, red, dim }: Colors): string {
  if (action === 'create') return green('+');
  if (action === 'none') return dim('=');
  return action === 'remove' ? red('-') : yellow('~');
}

function findingsText({ findings }: PreviewView, paint: Colors): string {
  if (findings.length === 0) return '  nothing was found';
  return findings
    .map(({ result, control, title, evidence, mend }) => {
      const line = `  ${resultMark(result, paint)} ${singleLine(control)} ${singleLine(title)}: ${singleLine(evidence)}`;
      return mend === null ? line : `${line}\n      to do: ${singleLine(mend)}`;
    })
    .join('\n');
}

/** What it costs a month, by item. */
export function costText(costs: PreviewView['costs'], options: PreviewOptions): string {
  const rows = costs.items.map((item) => [
    singleLine(item.blueprint),
    singleLine(item.what),
    dollarsText(item.monthlyUsd),
  ]);
  const total = `${dollarsText(costs.monthlyUsd)} a month: ${singleLine(costs.note)}`;
  return rows.length === 0
    ? `  ${total}`
    : `${indentedTable(['stack', 'what', 'a month'], rows, options)}\n  ${total}`;
}

const INDENTATION = '  ';

function indentedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { paint, width }: PreviewOptions,
): string {
  const inner = width === undefined ? undefined : width - INDENTATION.length;
  return textTable(head, rows, { paint, width: inner }).replace(/^/gm, INDENTATION);
}
