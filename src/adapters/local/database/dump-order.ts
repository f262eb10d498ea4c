import type { Client } from 'pg';
import * as z from 'zod';
import type { DumpObject } from './dump-object.ts';

export interface DumpOrder {
  readonly objects: readonly DumpObject[];
  /** Objects that need each other: no order of creation is right for them. */
  readonly hasCycle: boolean;
}

const pairs = z.array(z.object({ key: z.string(), target: z.string() }));

/** Puts objects behind all that they depend on, by rank and name where that leaves a choice. */
export async function inDumpOrder(client: Client, objects: readonly DumpObject[]): Promise<DumpOrder> {
  const aliases = new Map((await readPairs(client, ALIASES)).map(({ key, target }) => [key, target]));
  const resolve = (key: string): string => {
    const target = aliases.get(key);
    return target === undefined ? key : resolve(target);
  };
  const dependencies = new Map(objects.map(({ key, after }) => [key, new Set(after)]));
  for (const { key, target } of await readPairs(client, DEPENDENCIES)) {
    dependencies.get(resolve(key))?.add(resolve(target));
  }
  return sortByDependency(objects, dependencies);
}

export function sortByDependency(
  objects: readonly DumpObject[],
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): DumpOrder {
  const sorted = [...objects].sort(byRankAndName);
  const byKey = new Map(sorted.map((object) => [object.key, object]));
  const done = new Set<string>();
  const begun = new Set<string>();
  const ordered: DumpObject[] = [];
  let hasCycle = false;
  const visit = (object: DumpObject): void => {
    if (done.has(object.key)) return;
    begun.add(object.key);
    for (const key of dependencies.get(object.key) ?? []) {
      const dependency = byKey.get(key);
      if (dependency === undefined || key === object.key || done.has(key)) continue;
      if (begun.has(key)) hasCycle = true;
      else visit(dependency);
    }
    done.add(object.key);
    ordered.push(object);
  };
  for (const object of sorted) visit(object);
  return { objects: ordered, hasCycle };
}

const byRankAndName = (a: DumpObject, b: DumpObject): number =>
  a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const readPairs = async (client: Client, query: string) => pairs.parse((await client.query(query)).rows);

const DEPENDENCIES = `
  SELECT DISTINCT classid::regclass || ':' || objid AS key, refclassid::regclass || ':' || refobjid AS target
  FROM pg_depend WHERE objid >= 16384 AND refobjid >= 16384`;

/** Objects that are written as a part of another one. */
const ALIASES = `
  SELECT 'pg_type:' || oid AS key, 'pg_class:' || typrelid AS target FROM pg_type WHERE typrelid <> 0
  UNION ALL SELECT 'pg_type:' || typarray, 'pg_type:' || oid FROM pg_type WHERE typarray <> 0
  UNION ALL SELECT 'pg_rewrite:' || oid, 'pg_class:' || ev_class FROM pg_rewrite
  UNION ALL SELECT 'pg_constraint:' || oid, 'pg_type:' || contypid FROM pg_constraint WHERE contypid <> 0
  UNION ALL SELECT 'pg_class:' || conindid, 'pg_constraint:' || oid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')
  UNION ALL SELECT 'pg_attrdef:' || d.oid, 'pg_class:' || d.adrelid FROM pg_attrdef d
    JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated <> ''
  UNION ALL SELECT 'pg_class:' || objid, 'pg_class:' || refobjid FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'i' AND objid IN (SELECT seqrelid FROM pg_sequence)
  UNION ALL SELECT classid::regclass || ':' || objid, 'pg_extension:' || refobjid FROM pg_depend WHERE deptype = 'e'`;
