import { OTHER_DATABASES, POSTGRES_PACKAGES } from '../../services.ts';
import { type FoundOption, isProse, type Quotation } from '../option.ts';

const isNamed = (names: readonly string[], text: string): boolean =>
  names.some((name) => text.includes(`'${name}'`) || text.includes(`"${name}"`));

const POSTGRES =
  /\bpostgres(?:ql)?(?:\+\w{1,20})?:\/\/|\bimage:\s{0,4}["']?[\w./-]{0,80}(?:postgres|postgis|pgvector|timescaledb)|\b(?:provider|dialect|client|type)\b.{0,10}["'](?:postgres(?:ql)?|pg)["']/i;
const ANOTHER =
  /\b(?:mysql|mariadb|mongodb(?:\+srv)?|sqlite):\/?\/?|\bimage:\s{0,4}["']?[\w./-]{0,80}(?:mysql|mariadb|mongo)|\b(?:provider|dialect|client|type)\b.{0,10}["'](?:mysql|mariadb|sqlite3?|better-sqlite3|mongodb)["']/i;

/** A line that has a driver or an address of a database; what is said about one proves nothing. */
const proves =
  (packages: readonly string[], pattern: RegExp) =>
  ({ file, text }: Quotation): boolean =>
    !isProse(file) && (isNamed(packages, text) || pattern.test(text));

export const databaseOptions = (): readonly FoundOption[] => [
  {
    value: { field: 'database', database: 'postgres' },
    shown: 'the application needs PostgreSQL (to be shown by a line with a driver or an address of it)',
    isProvedBy: proves(POSTGRES_PACKAGES, POSTGRES),
  },
  {
    value: { field: 'database', database: null },
    shown:
      'the application needs no PostgreSQL (to be shown by a line with a driver or an address of another database)',
    isProvedBy: proves(OTHER_DATABASES, ANOTHER),
  },
];
