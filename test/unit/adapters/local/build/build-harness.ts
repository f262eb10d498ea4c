import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../../../src/adapters/anywhere/clock.ts';
import { localArtifactStore } from '../../../../../src/adapters/local/artifact-store.ts';
import { type LocalBuilderOptions, localBuilder } from '../../../../../src/adapters/local/builder.ts';
import type { Home } from '../../../../../src/adapters/local/home.ts';
import { buildRequest, type RepositoryFiles, treeOf } from '../../../../contracts/build-request.ts';
import type { BuilderHarness } from '../../../../contracts/builder.contract.ts';
import { temporaryHome } from '../../../../fixtures/temporary-home.ts';

export interface LocalBuilderHarness extends BuilderHarness {
  readonly home: Home;
}

/** A local builder in a home of its own, whose repositories are what the requests say. */
export async function makeLocalBuilder(
  options: Partial<LocalBuilderOptions> = {},
): Promise<LocalBuilderHarness> {
  const home = options.home ?? (await temporaryHome());
  const repositories = new Map<string, RepositoryFiles>();
  const lines: string[] = [];
  const builder = localBuilder({
    home,
    artifacts: localArtifactStore(home),
    clock: systemClock,
    telemetry: { log: (_, { name, text }) => void lines.push(`${name}: ${text}`) },
    sources: {
      checkout: async ({ tree }, directory) => writeFiles(directory, repositories.get(tree) ?? {}),
    },
    ...options,
  });
  return {
    home,
    builder,
    log: () => lines,
    read: (artifact, path) => readFile(home.folder('artifacts', artifact, 'files', path), 'utf8'),
    request: (files, change) => {
      repositories.set(treeOf(files), files);
      return buildRequest(files, change);
    },
  };
}

async function writeFiles(directory: string, files: RepositoryFiles): Promise<void> {
  await mkdir(directory);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(directory, dirname(path)), { recursive: true });
    if (text.startsWith('-> ')) await symlink(text.slice(3), join(directory, path));
    else await writeFile(join(directory, path), text);
  }
}
