import * as z from 'zod';
import type { Evidence } from '../../src/domain/plan.ts';
import { readManifest } from './documents.ts';
import { type Folder, lineOf } from './folder.ts';
import type { SourceScan } from './source-scan.ts';

export interface PythonPackage {
  readonly name: string;
  readonly evidence: Evidence;
}

const names = z.array(z.string()).catch([]);
const poetry = z.record(z.string(), z.unknown()).catch({});
const pyproject = z.object({
  project: z.object({ dependencies: names }).catch({ dependencies: [] }),
  tool: z
    .object({ poetry: z.object({ dependencies: poetry }).catch({ dependencies: {} }) })
    .catch({ poetry: { dependencies: {} } }),
});
const pipfile = z.object({ packages: z.record(z.string(), z.unknown()).catch({}) });

/**
 * Packages that a Python application needs beside the standard library.
 * @throws {HiveMindError} UnsupportedApplication: a manifest cannot be read
 */
export async function thirdPartyPackages(
  folder: Folder,
  scan: SourceScan,
): Promise<readonly PythonPackage[]> {
  const [requirements, project, pipenv] = await Promise.all([
    requirementsOf(folder, 'requirements.txt'),
    readManifest(folder, 'pyproject.toml', pyproject),
    readManifest(folder, 'Pipfile', pipfile),
  ]);
  const poetryNames = Object.keys(project?.tool.poetry.dependencies ?? {}).filter(
    (name) => name !== 'python',
  );
  const declared = [
    ...requirements,
    ...(await located(folder, 'pyproject.toml', [...(project?.project.dependencies ?? []), ...poetryNames])),
    ...(await located(folder, 'Pipfile', Object.keys(pipenv?.packages ?? {}))),
    ...frameworkFiles(folder),
  ];
  return declared.length > 0 ? declared : importedFrameworks(folder, scan);
}

/** Lines of a requirements file: comments and options aside, `-r other.txt` followed once. */
async function requirementsOf(
  folder: Folder,
  file: string,
  follow = true,
): Promise<readonly PythonPackage[]> {
  const text = (await folder.read(file)) ?? '';
  const packages: PythonPackage[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const requirement = line.replace(/#.*/, '').trim();
    const [, included] = /^(?:-r|--requirement)[ =]([\w./-]{1,100})$/.exec(requirement) ?? [];
    if (included !== undefined && follow) packages.push(...(await requirementsOf(folder, included, false)));
    else if (requirement !== '' && !requirement.startsWith('-')) {
      packages.push({
        name: packageName(requirement),
        evidence: folder.evidence(file, requirement.slice(0, 80), index + 1),
      });
    }
  }
  return packages;
}

async function located(
  folder: Folder,
  file: string,
  requirements: readonly string[],
): Promise<readonly PythonPackage[]> {
  const text = (await folder.read(file)) ?? '';
  return requirements.map((requirement) => ({
    name: packageName(requirement),
    evidence: folder.evidence(file, `depends on ${packageName(requirement)}`, lineOf(text, requirement)),
  }));
}

const packageName = (requirement: string): string =>
  /^[\w.-]{1,60}/.exec(requirement)?.[0] ?? requirement.slice(0, 60);

const frameworkFiles = (folder: Folder): readonly PythonPackage[] =>
  folder.has('manage.py')
    ? [{ name: 'django', evidence: folder.evidence('manage.py', 'command line of Django') }]
    : [];

/** Imports that no standard library has, for a repository that declares nothing. */
const FRAMEWORKS =
  /^(?:from|import) {1,4}(flask|django|fastapi|starlette|uvicorn|gunicorn|tornado|aiohttp|bottle|sanic|falcon|pyramid|cherrypy|quart|litestar|streamlit|gradio|dash|requests|httpx|numpy|pandas|sqlalchemy|psycopg2?|redis|celery|pydantic|jinja2|yaml|dotenv|boto3|websockets|twisted|gevent)\b/gm;

function importedFrameworks(folder: Folder, scan: SourceScan): readonly PythonPackage[] {
  return scan
    .hits(FRAMEWORKS, 10)
    .filter(({ match }) => !folder.has(`${match[1]}.py`))
    .map((hit) => ({ name: hit.match[1] ?? '', evidence: scan.evidence(hit, hit.match[0].trim()) }));
}
