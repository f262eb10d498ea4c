/** Objects with a smaller object id were made by `initdb` (FirstNormalObjectId in PostgreSQL's transam.h). */
const FIRST_OWN_OID = 16_384;

/** Made by the application, and not as a part of an extension, which brings its parts by itself. */
export const isOwn = (catalog: string, oid: string): string =>
  `${oid} >= ${FIRST_OWN_OID} AND NOT EXISTS (SELECT FROM pg_depend e
     WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** `c` is `pg_class`. Temporary tables belong to a session. */
export const isOwnRelation = (kinds: string): string =>
  `c.relkind IN (${[...kinds].map((kind) => `'${kind}'`).join(', ')}) AND c.relpersistence <> 't' AND ${isOwn('pg_class', 'c.oid')}`;

/** `a` is `pg_attribute`, or has columns of its names; `given` is the collation, `type` the type it may differ from. */
export const collation = (given: string, type: string): string =>
  `CASE WHEN ${given} <> 0 AND ${given} <> (SELECT y.typcollation FROM pg_type y WHERE y.oid = ${type})
     THEN ' COLLATE ' || ${given}::regcollation ELSE '' END`;

/** `s` is `pg_sequence`. */
export const sequenceOptions = `format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
  s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)`;

/** `c` is `pg_class`. The server has checked the values: they are numbers and words. */
export const withOptions = `coalesce((SELECT ' WITH (' || string_agg(o.option, ', ') || ')' FROM (
    SELECT unnest(c.reloptions) AS option
    UNION ALL SELECT 'toast.' || unnest(t.reloptions) FROM pg_class t WHERE t.oid = c.reltoastrelid) o), '')`;
