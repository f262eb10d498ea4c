import type { ComparisonView, ReleaseView } from '../../../src/contracts/releases.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { CHANGE_AREAS } from '../../../src/domain/release-comparison.ts';
import type { Colors } from '../output.ts';
import { textTable } from './table.ts';
import { localTime } from './words.ts';

/** Releases as a table, newest first. */
export function releasesText(
  releases: readonly ReleaseView[],
  options: { readonly paint: Colors; readonly width: number | undefined },
): string {
  const rows = releases.map((release) => [
    String(release.number),
    markText(release, options.paint),
    singleLine(`${release.commit.slice(0, 10)} ${release.subject ?? ''}`).trim(),
    `${singleLine(release.artifact).slice(7, 19)}${release.artifactKept ? '' : ' (gone)'}`,
    localTime(release.createdAt),
    singleLine(`${release.workflow ?? '-'} by ${release.actor ?? 'somebody'}`),
    goBackText(release, options.paint),
  ]);
  return textTable(['release', '', 'commit', 'artifact', 'made', 'by', 'going back'], rows, options);
}

function markText({ mark, warmUntil }: ReleaseView, { green, yellow, dim }: Colors): string {
  switch (mark) {
    case 'live':
      return green('live');
    case 'warm':
      return yellow(`warm until ${localTime(warmUntil ?? '').slice(11)}`);
    case 'previous':
      return dim('previous');
    case 'never-live':
      return dim('never live');
    case null:
      return '';
  }
}

function goBackText({ mark, rollbackRefused, freezes }: ReleaseView, { dim, yellow }: Colors): string {
  const own = freezes ? yellow('its migration freezes it') : '';
  if (mark === 'live') return own;
  const refused = rollbackRefused === null ? 'possible' : dim(singleLine(rollbackRefused));
  return own === '' ? refused : `${refused}; ${own}`;
}

/** What differs, area by area: `+` is new, `-` is gone, `~` is another. */
export function comparisonText({ from, to, changes, notes }: ComparisonView, paint: Colors): string {
  const heading = `${releaseLine(from, paint)}\n${releaseLine(to, paint)}`;
  const areas = CHANGE_AREAS.flatMap((area) => {
    const lines = changes.filter((change) => change.area === area).map((change) => changeLine(change, paint));
    return lines.length === 0 ? [] : ['', paint.bold(area), ...lines];
  });
  const none = changes.length === 0 ? ['', 'nothing differs'] : [];
  const remarks = notes.map((note) => paint.yellow(`! ${singleLine(note)}`));
  return [heading, ...areas, ...none, ...(remarks.length > 0 ? ['', ...remarks] : [])].join('\n');
}

const releaseLine = ({ number, commit, subject, mark }: ReleaseView, { bold, dim }: Colors): string =>
  `${bold(`release ${number}`)}${mark === null ? '' : ` (${mark})`}  ${singleLine(commit.slice(0, 10))} ${dim(singleLine(subject ?? ''))}`.trimEnd();

function changeLine(
  { what, before, after }: ComparisonView['changes'][number],
  { green, red, yellow, dim }: Colors,
): string {
  const name = singleLine(what);
  if (before === null) return `  ${green('+')} ${name} ${dim(singleLine(after ?? ''))}`.trimEnd();
  if (after === null) return `  ${red('-')} ${name} ${dim(singleLine(before))}`;
  return `  ${yellow('~')} ${name} ${dim(`${shortened(before)} → ${shortened(after)}`)}`;
}

/** Whole commit ids are for machines. */
const shortened = (text: string): string => singleLine(text).replace(/^([0-9a-f]{10})[0-9a-f]{30}\b/, '$1');
