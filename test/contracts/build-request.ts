import { randomUUID } from 'node:crypto';
import { digestOf } from '../../src/domain/digest.ts';
import type { BuildRequest } from '../../src/ports/builder.ts';

/** Files of a repository by path; one whose text starts with `-> ` is a symbolic link. */
export type RepositoryFiles = Readonly<Record<string, string>>;

export const treeOf = (files: RepositoryFiles): string => digestOf(files).slice(0, 40);

/** A request to build a repository of these files. */
export const buildRequest = (files: RepositoryFiles, change: Partial<BuildRequest> = {}): BuildRequest => ({
  token: `test-${randomUUID()}`,
  deploymentId: 'shop-abc234',
  source: {
    repository: digestOf('shop'),
    commit: 'c'.repeat(40),
    tree: treeOf(files),
    subject: 'first',
    warnings: [],
  },
  root: '.',
  runtime: 'node',
  runtimeVersion: null,
  packageManager: null,
  packageManagerVersion: null,
  install: null,
  build: null,
  environmentNames: [],
  needsNpm: false,
  outputDirectory: null,
  ...change,
});
