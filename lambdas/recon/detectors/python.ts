import type { Evidence } from '../../../src/domain/plan.ts';
import { type Detector, type DetectorContext, namesServer } from '../detector-context.ts';
import { type Observation, observe, observeMain, SURE } from '../observation.ts';
import { thirdPartyPackages } from '../python-packages.ts';
import { LISTENS, WORKS } from '../source-patterns.ts';
import { entryCommand } from './entry-file.ts';

/** A Python program of the standard library alone: packages cannot be installed yet. */
export const detectPython: Detector = async (context) => {
  const isPython = context.entry.path?.endsWith('.py') === true;
  const isNode = context.packageJson !== undefined && namesServer(context);
  if (!isPython && (isNode || !looksLikePython(context))) return [];
  const packages = await thirdPartyPackages(context.folder, context.entry.scan);
  if (packages.length > 0) {
    const evidence = packages.map((found) => found.evidence);
    return [observe('unsupported', describe(packages), SURE.stated, ...evidence)];
  }
  return isPython ? [...startObservations(context), ...(await versionObservations(context))] : [];
};

const looksLikePython = ({ folder, packageJson }: DetectorContext): boolean =>
  folder.firstOf(['requirements.txt', 'pyproject.toml', 'Pipfile', 'manage.py']) !== undefined ||
  (!packageJson && folder.files.some((file) => /^[^/]{1,80}\.py$/.test(file)));

function describe(packages: readonly { readonly name: string }[]): string {
  const names = [...new Set(packages.map(({ name }) => name))];
  const shown = names.slice(0, 5).join(', ');
  return `a Python application with third-party packages (${shown}${names.length > 5 ? ', ...' : ''})`;
}

function startObservations({ entry, procfile, folder }: DetectorContext): readonly Observation[] {
  const { path, scan } = entry;
  if (path === null || entry.from === 'command' || procfile.some((process) => process.name === 'web'))
    return [];
  const sign = scan.first(LISTENS) ?? scan.first(WORKS);
  const evidence: Evidence = sign
    ? scan.evidence(sign, sign.match[0].trim())
    : folder.evidence(path, 'entry file');
  return [
    ...observeMain(entryCommand(path, undefined), 'python', SURE.clear, evidence),
    observe('framework', null, SURE.clear, folder.evidence(path, 'only the standard library')),
  ];
}

const VERSION_FILES: readonly (readonly [file: string, pattern: RegExp])[] = [
  ['runtime.txt', /^python-(\d[\w.]{0,20})/m],
  ['.python-version', /^[ \t]{0,8}(\d[\w.]{0,20})/m],
  ['.tool-versions', /^python[ \t]{1,8}(\d[\w.]{0,20})/m],
  ['pyproject.toml', /^requires-python[ \t]{0,8}=[ \t]{0,8}["']([^"'\n]{1,60})["']/m],
  ['Pipfile', /^python_version[ \t]{0,8}=[ \t]{0,8}["']([^"'\n]{1,60})["']/m],
];

async function versionObservations({ folder }: DetectorContext): Promise<readonly Observation[]> {
  for (const [file, pattern] of VERSION_FILES) {
    const version = pattern.exec((await folder.read(file)) ?? '')?.[1];
    if (version !== undefined)
      return [observe('runtimeVersion', version, SURE.clear, folder.evidence(file, `Python ${version}`))];
  }
  return [];
}
