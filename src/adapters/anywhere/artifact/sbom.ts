import { jsonOrUndefined } from '../../../domain/json.ts';
import type { SbomComponent } from '../../../ports/artifact-store.ts';

const PACKAGE_MANIFEST = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/;
/** Longest name npm accepts (validate-npm-package-name); versions stay far below it. */
const MAX_CHARACTERS = 214;

/**
 * The npm package that an installed `package.json` belongs to; undefined for other files and for manifests without a name and
 * version. Runs in a worker thread that must start in a few milliseconds, hence no schema library.
 */
export function installedPackage(path: string, contents: Buffer): SbomComponent | undefined {
  if (!PACKAGE_MANIFEST.test(path)) return undefined;
  const manifest = parsedObject(contents.toString('utf8'));
  const name = shortText(manifest?.['name']);
  const version = shortText(manifest?.['version']);
  if (name === undefined || version === undefined) return undefined;
  return { name, version, purl: `pkg:npm/${purlName(name)}@${encodeURIComponent(version)}` };
}

/** Packages carry broken manifests in their own test data. */
function parsedObject(text: string): Record<string, unknown> | undefined {
  const value = jsonOrUndefined(text.replace(/^\uFEFF/, ''));
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_CHARACTERS ? value : undefined;
}

/** Percent-encoded per segment: `@scope/name` is `%40scope/name` (package-url specification). */
const purlName = (name: string): string => name.split('/').map(encodeURIComponent).join('/');
