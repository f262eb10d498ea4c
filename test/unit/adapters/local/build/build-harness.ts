import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../../../src/adapters/anywhere/clock.ts';
import { localArtifactStore } from '../../../../../src/adapters/local/artifact-store.ts';
import { type LocalBuilderOptions, localBuilder } from '../../../../../src/adapters/local/builder.ts';
import type { Home } from '../../../../../src/adapters/local/home.ts';
import { digestOf } from '../../../../../src/domain/digest.ts';
import type { BuildRequest } from '../../../../../src/ports/builder.ts';
import { type BuilderHarness, newToken } from '../../../../contracts/builder.contract.ts';
import { temporaryHome } from '../../../../fixtures/temporary-home.ts';

export interface LocalBuilderHarness extends BuilderHarness {
  readonly home: Home;
}

type Files = Readonly<Record<string, string>>;

/** A local builder in a home of its own, whose repositories are what the requests say. */
export async function makeLocalBuilder(
  options: Partial<LocalBuilderOptions> = {},
): Promise<LocalBuilderHarness> {
  const home = options.home ?? (await temporaryHome());
  const repositories = new Map<string, Files>();
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
      const tree = digestOf(files).slice(0, 40);
      repositories.set(tree, files);
      return { ...bareRequest, token: newToken(), source: { ...bareRequest.source, tree }, ...change };
    },
  };
}

/** A file whose text starts with `-> ` is a symbolic link. */
async function writeFiles(directory: string, files: Files): Promise<void> {
  await mkdir(directory);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(directory, dirname(path)), { recursive: true });
    if (text.startsWith('-> ')) await symlink(text.slice(3), join(directory, path));
    else await writeFile(join(directory, path), text);
  }
}

const bareRequest: BuildRequest = {
  token: '',
  deploymentId: 'shop-1a2b3c',
  source: { repository: 'shop', commit: 'c'.repeat(40), tree: '', subject: 'first', warnings: [] },
  root: '.',
  runtime: 'node',
  runtimeVersion: null,
  packageManager: null,
  packageManagerVersion: null,
  install: null,
  build: null,
  environmentNames: [],
  outputDirectory: null,
};
