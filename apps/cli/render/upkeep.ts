import type { DriftView, OrphansView, RemovalView } from '../../../src/contracts/upkeep.ts';
import { attributed } from '../../../src/domain/model-explanation.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { dollarsText } from '../../../src/domain/wording.ts';
import type { Colors } from '../output.ts';
import { textTable } from './table.ts';
import { localTime, section } from './words.ts';

/** What is not as recorded, and what is done about it. */
export function driftText(drift: DriftView['drift'], { bold, dim, red, yellow }: Colors): string {
  const lines = drift.flatMap(({ resource, recorded, seen, mending, advice }) => [
    `${mending === 'by-hand' ? red('✗') : yellow('~')} ${singleLine(resource)}: ${singleLine(seen)} ${dim(`(recorded: ${singleLine(recorded)})`)}`,
    dim(`  ${mending === 'by-hand' ? 'to do: ' : ''}${singleLine(advice)}`),
  ]);
  return [bold('not as recorded'), ...lines].join('\n');
}

/** What no living deployment owns, and what becomes of it. */
export function orphansText(
  { orphans, monthlyUsd }: OrphansView,
  options: { readonly paint: Colors; readonly width: number | undefined },
): string {
  if (orphans.length === 0) return 'there is nothing that no deployment owns';
  const { red, dim } = options.paint;
  const rows = orphans.map(({ type, id, since, verdict, reason }) => [
    verdict === 'orphan' ? red(verdict) : dim(verdict),
    singleLine(type),
    singleLine(id),
    since === null ? '-' : localTime(since),
    singleLine(reason),
  ]);
  const table = textTable(['', 'type', 'what', 'since', 'why'], rows, options);
  const count = orphans.filter(({ verdict }) => verdict === 'orphan').length;
  const cost = monthlyUsd > 0 ? `, about ${dollarsText(monthlyUsd)} a month` : '';
  return `${table}\n\n${count} ${count === 1 ? 'orphan' : 'orphans'}${cost}`;
}

/** What a removal takes, what it saves, and what to do better the next time. */
export function removalText({ resources, savings, issues, life }: RemovalView, paint: Colors): string {
  const goes = [...Map.groupBy(resources, ({ type }) => type)].map(
    ([type, all]) => `${singleLine(type)} ${all.map(({ id }) => singleLine(id)).join(', ')}`,
  );
  const learnt = issues.flatMap(({ issue, times, advice, explanation }) => [
    `${paint.yellow('!')} ${singleLine(issue)}${times > 1 ? ` (${times} times)` : ''}`,
    paint.dim(`  next time: ${singleLine(advice)}`),
    ...(explanation ? explanationLines(explanation).map((line) => paint.dim(`  ${line}`)) : []),
  ]);
  return [
    ...section('goes', goes.length === 0 ? ['nothing is there any more'] : goes, paint),
    ...section('saves', [`${dollarsText(savings.monthlyUsd)} a month: ${singleLine(savings.note)}`], paint),
    ...section(
      'went wrong in its life',
      [...learnt, ...(life ? [paint.dim(`as a whole, ${singleLine(attributed(life))}`)] : [])],
      paint,
    ),
  ].join('\n');
}

const explanationLines = (
  explanation: NonNullable<RemovalView['issues'][number]['explanation']>,
): readonly string[] => [
  singleLine(attributed(explanation)),
  ...(explanation.advice === null ? [] : [`of our advices it takes: ${singleLine(explanation.advice)}`]),
];
