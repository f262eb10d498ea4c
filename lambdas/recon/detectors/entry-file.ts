import type { Command } from '../../../src/domain/plan.ts';
import type { Detector } from '../detector-context.ts';
import { observe, observeMain, SURE } from '../observation.ts';
import type { PackageJson } from '../package-json.ts';
import { LISTENS, WORKS } from '../source-patterns.ts';

/** A program that no command names: `main` of package.json, server.js, app.js, ... that listens or keeps running. */
export const detectEntryFile: Detector = async ({ entry, folder, packageJson }) => {
  const shortcoming = packageJson?.isLibrary
    ? 'part of a library'
    : 'in which nothing listens or keeps running';
  const rejected = entry.rejected.map((path) =>
    observe(
      'nearMiss',
      `${folder.locate(path)}, ${shortcoming}`,
      SURE.clear,
      folder.evidence(path, shortcoming),
    ),
  );
  const { path, from, scan } = entry;
  if (path === null || (from !== 'main' && from !== 'name') || path.endsWith('.py')) return rejected;
  const sign = scan.first(LISTENS) ?? scan.first(WORKS);
  const named =
    from === 'main' && packageJson ? [packageJson.evidenceOf(null, 'main', `main: ${packageJson.main}`)] : [];
  const proof = sign ? [scan.evidence(sign, sign.match[0].trim())] : [];
  const confidence = from === 'main' ? SURE.clear : SURE.likely + 0.05;
  return observeMain(entryCommand(path, packageJson), 'node', confidence, ...named, ...proof);
};

/** The command that starts a source file. Unbuffered (`-u`), so that log lines of Python arrive when they are written. */
export function entryCommand(path: string, packageJson: PackageJson | undefined): Command {
  if (path.endsWith('.py')) return { kind: 'argv', argv: ['python3', '-u', path] };
  const runner = /\.[cm]?tsx?$/.test(path)
    ? packageJson?.firstDependency(['tsx', 'ts-node'])?.name
    : undefined;
  return { kind: 'argv', argv: [runner ?? 'node', path] };
}
