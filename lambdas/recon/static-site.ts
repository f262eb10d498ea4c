import { posix } from 'node:path';
import type { Evidence } from '../../src/domain/plan.ts';
import { type Observation, observe, observeMain, SURE } from './observation.ts';
import { runProgram } from './package-manager.ts';
import type { NodePackage } from './start-command.ts';

export interface BuiltSite {
  /** Where the build writes, relative to the application's folder. */
  readonly directory: string;
  /** Answers unknown paths: a single-page application routes in the browser. */
  readonly fallback: string | null;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  /** Program that builds the site when no script does. */
  readonly builder: readonly string[];
}

/** A folder of files that a build makes and HiveMind serves. */
export function observeBuiltSite(node: NodePackage, site: BuiltSite): readonly Observation[] {
  const directory = posix.normalize(site.directory).replace(/\/$/, '');
  const inside = !directory.startsWith('..') && !directory.startsWith('/');
  const [first] = site.evidence;
  const build =
    node.packageJson.script('build') === undefined && first
      ? [observe('build', runProgram(node.toolchain, site.builder), SURE.likely, first)]
      : [];
  return [
    ...observeMain(
      { kind: 'serve', directory: inside ? directory : 'dist', fallback: site.fallback },
      'static',
      inside ? site.confidence : SURE.hint,
      ...site.evidence,
    ),
    ...observeFiles(...site.evidence),
    ...build,
  ];
}

/** What holds for every process that serves files: it is HiveMind's own, so it follows `$PORT` and needs nothing else. */
export const observeFiles = (...evidence: readonly Evidence[]): readonly Observation[] => [
  observe('exposed', true, SURE.stated, ...evidence),
  observe('portFromEnvironment', true, SURE.stated, ...evidence),
  observe('healthCheckPath', '/', SURE.stated, ...evidence),
  observe('webSocket', false, SURE.stated, ...evidence),
];
