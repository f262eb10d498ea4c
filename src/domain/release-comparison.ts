import type { Plan } from './plan.ts';
import type { Release } from './release.ts';
import { planLines } from './wording.ts';

/** What is on record of a release. A part that is not kept any more is null. */
export interface ReleaseRecord {
  readonly release: Release;
  /** First line of the commit message. */
  readonly subject: string | null;
  readonly plan: Plan | null;
  /** Names of the variables that the operator set; never a value. */
  readonly environmentNames: readonly string[];
  /** What its artifact is made of. */
  readonly dependencies: readonly { readonly name: string; readonly version: string }[] | null;
}

export const CHANGE_AREAS = [
  'commit',
  'plan',
  'environment',
  'dependencies',
  'database',
  'migrations',
] as const;
export type ChangeArea = (typeof CHANGE_AREAS)[number];

/** One thing that differs. Null: there is none on that side. */
export interface ReleaseChange {
  readonly area: ChangeArea;
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * What differs between two releases, in the order an operator reads it.
 * @param changedVariables names that both have with different values
 */
export function changesBetween(
  before: ReleaseRecord,
  after: ReleaseRecord,
  changedVariables: readonly string[],
): readonly ReleaseChange[] {
  const changes = [
    ...commitChanges(before, after),
    ...planChanges(before.plan, after.plan),
    ...nameChanges(before.environmentNames, after.environmentNames),
    ...changedVariables.map((what) => change('environment', what, 'set', 'set to another value')),
    ...dependencyChanges(before.dependencies, after.dependencies),
  ];
  return CHANGE_AREAS.flatMap((area) => changes.filter((each) => each.area === area));
}

const change = (
  area: ChangeArea,
  what: string,
  before: string | null,
  after: string | null,
): ReleaseChange => ({ area, what, before, after });

function commitChanges(before: ReleaseRecord, after: ReleaseRecord): readonly ReleaseChange[] {
  const [from, to] = [before.release.commit, after.release.commit];
  return from === to ? [] : [change('commit', 'commit', describe(before), describe(after))];
}

const describe = ({ release, subject }: ReleaseRecord): string =>
  subject === null ? release.commit : `${release.commit} ${subject}`;

/** Two fields have areas of their own: they say whether going back is safe. */
const AREA_OF: Readonly<Record<string, ChangeArea>> = { database: 'database', migrations: 'migrations' };

function planChanges(before: Plan | null, after: Plan | null): readonly ReleaseChange[] {
  if (!before || !after) return [];
  const later = new Map(planLines(after).map((line) => [line.field, line.value]));
  return planLines(before).flatMap(({ field, title, value }) => {
    const now = later.get(field) ?? null;
    return now === value ? [] : [change(AREA_OF[field] ?? 'plan', title, value, now)];
  });
}

function nameChanges(before: readonly string[], after: readonly string[]): readonly ReleaseChange[] {
  const names = [...new Set([...before, ...after])].sort();
  return names
    .filter((name) => before.includes(name) !== after.includes(name))
    .map((name) =>
      before.includes(name)
        ? change('environment', name, 'set', null)
        : change('environment', name, null, 'set'),
    );
}

type Dependencies = ReleaseRecord['dependencies'];

function dependencyChanges(before: Dependencies, after: Dependencies): readonly ReleaseChange[] {
  if (!before || !after) return [];
  const [from, to] = [versionsByName(before), versionsByName(after)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .sort()
    .filter((name) => from.get(name) !== to.get(name))
    .map((name) => change('dependencies', name, from.get(name) ?? null, to.get(name) ?? null));
}

/** A package may be there in several versions at once. */
function versionsByName(dependencies: NonNullable<Dependencies>): ReadonlyMap<string, string> {
  const groups = Map.groupBy(dependencies, ({ name }) => name);
  return new Map(
    [...groups].map(([name, all]) => [
      name,
      [...new Set(all.map(({ version }) => version))].sort().join(', '),
    ]),
  );
}
