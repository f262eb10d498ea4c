import semver from 'semver';
import type { Evidence } from '../../../src/domain/plan.ts';
import type { Detector, DetectorContext } from '../detector-context.ts';
import { lineAt } from '../folder.ts';
import { type Observation, observe, SURE } from '../observation.ts';

interface Claim {
  /** A version range, or null for "any". */
  readonly range: string | null;
  readonly evidence: Evidence;
  readonly confidence: number;
}

/** Code names of the long-term releases. Source: nodejs.org/en/about/previous-releases */
const LONG_TERM: ReadonlyMap<string, string> = new Map([
  ['argon', '4'],
  ['boron', '6'],
  ['carbon', '8'],
  ['dubnium', '10'],
  ['erbium', '12'],
  ['fermium', '14'],
  ['gallium', '16'],
  ['hydrogen', '18'],
  ['iron', '20'],
  ['jod', '22'],
  ['krypton', '24'],
]);

/** Version of Node, by package.json first. Claims that a version of it can meet agree with it; others count against it. */
export const detectNodeVersion: Detector = async (context) => {
  if (!context.packageJson && !context.entry.path?.match(/\.[cm]?[jt]s$/)) return [];
  const claims = [
    ...manifestClaims(context),
    ...(await fileClaims(context)),
    ...(await dockerClaims(context)),
  ];
  const [first] = claims;
  if (!first) return [];
  return claims.map((claim): Observation => {
    const agrees =
      first.range === null || claim.range === null || semver.intersects(first.range, claim.range);
    return observe('runtimeVersion', agrees ? first.range : claim.range, claim.confidence, claim.evidence);
  });
};

function manifestClaims({ packageJson, workspace }: DetectorContext): readonly Claim[] {
  return [packageJson, workspace].flatMap((manifest) =>
    (['engines', 'volta'] as const).flatMap((section) => {
      const text = manifest?.entry(section, 'node');
      if (manifest === undefined || text === undefined) return [];
      return claim(
        text,
        manifest.evidenceOf(section, 'node', `${section}.node: ${text.slice(0, 60)}`),
        SURE.stated,
      );
    }),
  );
}

const VERSION_FILES: readonly (readonly [file: string, pattern: RegExp])[] = [
  ['.nvmrc', /^[ \t]{0,8}([^\s#]{1,60})/m],
  ['.node-version', /^[ \t]{0,8}([^\s#]{1,60})/m],
  ['.tool-versions', /^node(?:js)?[ \t]{1,8}([^\s#]{1,60})/m],
];

async function fileClaims({ folder, workspace }: DetectorContext): Promise<readonly Claim[]> {
  const folders = [folder, ...(workspace ? [workspace.folder] : [])];
  const claims = folders.flatMap((place) =>
    VERSION_FILES.map(async ([file, pattern]) => {
      const text = (await place.read(file)) ?? '';
      const match = pattern.exec(text);
      const version = match?.[1];
      if (!match || version === undefined) return [];
      return claim(version, place.evidence(file, `Node ${version}`, lineAt(text, match.index)), SURE.clear);
    }),
  );
  return (await Promise.all(claims)).flat();
}

async function dockerClaims({ folder }: DetectorContext): Promise<readonly Claim[]> {
  const text = (await folder.read('Dockerfile')) ?? '';
  const match = /^FROM[ \t]{1,8}(?:[\w./-]{0,80}\/)?node:(\d{1,3}(?:\.\d{1,3}){0,2})/im.exec(text);
  const version = match?.[1];
  if (!match || version === undefined) return [];
  return claim(version, folder.evidence('Dockerfile', match[0], lineAt(text, match.index)), SURE.hint);
}

function claim(text: string, evidence: Evidence, confidence: number): readonly Claim[] {
  const version = text.trim().toLowerCase();
  if (['node', 'stable', 'latest', 'current', 'lts', 'lts/*', '*'].includes(version))
    return [{ range: null, evidence, confidence }];
  const codeName = LONG_TERM.get(version.replace(/^lts[/-]/, ''));
  const range = codeName ?? version.replace(/^v(?=\d)/, '');
  if (range.length > 80 || semver.validRange(range) === null) return [];
  return [{ range, evidence, confidence }];
}
