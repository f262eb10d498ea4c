import type { Command } from '../../../src/domain/plan.ts';
import type { Detector } from '../detector-context.ts';
import { observe, observeMain, SURE } from '../observation.ts';
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
  return observeMain(
    commandFor(path, packageJson?.firstDependency(['tsx', 'ts-node'])?.name),
    'node',
    confidence,
    ...named,
    ...proof,
  );
};

const commandFor = (path: string, typeScriptRunner: string | undefined): Command => ({
  kind: 'argv',
  argv: [/\.[cm]?tsx?$/.test(path) ? (typeScriptRunner ?? 'node') : 'node', path],
});
