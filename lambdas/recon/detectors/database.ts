import type { Detector, DetectorContext } from '../detector-context.ts';
import { type Folder, lineAt } from '../folder.ts';
import { type Observation, observe, SURE } from '../observation.ts';
import { OTHER_DATABASES, POSTGRES_PACKAGES, SERVICE_PACKAGES } from '../services.ts';

/** PostgreSQL by its drivers and schemas; other services by theirs. */
export const detectDatabase: Detector = async (context) => [
  ...driverObservations(context),
  ...serviceObservations(context),
  ...(await prismaObservations(context)),
  ...builtInSqlite(context),
  ...(await readmeObservations(context.folder)),
];

function driverObservations({ packages, entry }: DetectorContext): readonly Observation[] {
  const drivers = packages.flatMap((manifest) => {
    const evidence = POSTGRES_PACKAGES.map((name) => manifest.runtimeDependency(name)).find(
      (found) => found !== undefined,
    );
    return evidence ? [evidence] : [];
  });
  const [driver] = drivers;
  const development = packages[0]?.firstDependency(POSTGRES_PACKAGES)?.evidence;
  if (!driver) return development ? [observe('database', 'postgres', SURE.hint, development)] : [];
  // An application that brings drivers of several databases leaves the choice to its settings.
  const choice = packages.some((manifest) => manifest.firstDependency(OTHER_DATABASES));
  const address = entry.scan.first(READS_ADDRESS);
  const read = address
    ? [
        observe(
          'database',
          'postgres',
          SURE.likely,
          entry.scan.evidence(address, `reads ${address.match[0]}`),
        ),
      ]
    : [];
  return [observe('database', 'postgres', choice ? SURE.guess : SURE.likely, driver), ...read];
}

const READS_ADDRESS = /\b(?:DATABASE_URL|POSTGRES_URL|PGHOST|PGDATABASE)\b/g;

const serviceObservations = ({ packages }: DetectorContext): readonly Observation[] =>
  packages.flatMap((manifest) =>
    SERVICE_PACKAGES.flatMap(([name, service]) => {
      const evidence = manifest.runtimeDependency(name);
      if (!evidence) return [];
      const note =
        service === 'sqlite' ? `${evidence.note}: a file that does not survive a new release` : evidence.note;
      return [observe('service', service, SURE.stated, { ...evidence, note })];
    }),
  );

/** The provider of the data source in a Prisma schema. */
async function prismaObservations({ packages }: DetectorContext): Promise<readonly Observation[]> {
  const observations = packages.map(async ({ folder }): Promise<readonly Observation[]> => {
    const path = prismaSchemaOf(folder);
    const text = path === undefined ? '' : ((await folder.read(path)) ?? '');
    const match =
      /^[ \t]{0,20}provider[ \t]{0,20}=[ \t]{0,20}"(postgresql|postgres|mysql|sqlite|mongodb|cockroachdb|sqlserver)"/m.exec(
        text,
      );
    if (path === undefined || !match) return [];
    const evidence = folder.evidence(path, `Prisma provider ${match[1]}`, lineAt(text, match.index));
    if (match[1] === 'postgresql' || match[1] === 'postgres')
      return [observe('database', 'postgres', SURE.stated, evidence)];
    return [observe('service', match[1] ?? '', SURE.stated, evidence)];
  });
  return (await Promise.all(observations)).flat();
}

/** Also one schema in several files, as newer versions allow. */
export const prismaSchemaOf = (folder: Folder): string | undefined =>
  folder.firstOf([
    'prisma/schema.prisma',
    'schema.prisma',
    'prisma/schema/schema.prisma',
    'prisma/schema/base.prisma',
    'src/prisma/schema.prisma',
  ]);

function builtInSqlite({ entry }: DetectorContext): readonly Observation[] {
  const hit = entry.scan.first(/['"]node:sqlite['"]|\bimport sqlite3\b/g);
  if (!hit) return [];
  const note = 'uses SQLite: a file that does not survive a new release';
  return [observe('service', 'sqlite', SURE.clear, entry.scan.evidence(hit, note))];
}

/** A mention is no dependency: it is on record, and too weak to create a database. */
async function readmeObservations(folder: Folder): Promise<readonly Observation[]> {
  const path = folder.firstOf(['README.md', 'readme.md', 'README', 'README.txt']);
  const text = path === undefined ? '' : ((await folder.read(path, 32 * 1024)) ?? '');
  const match = /\bpostgres(?:ql)?\b/i.exec(text);
  if (path === undefined || !match) return [];
  return [
    observe(
      'database',
      'postgres',
      0.1,
      folder.evidence(path, 'mentions PostgreSQL', lineAt(text, match.index)),
    ),
  ];
}
