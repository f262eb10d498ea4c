import type { Evidence } from '../../../src/domain/plan.ts';
import type { Detector, DetectorContext } from '../detector-context.ts';
import type { Folder } from '../folder.ts';
import { observe, SURE } from '../observation.ts';

/** Files by which a language is known: a name in the application's folder, or the ending of one. */
const LANGUAGES: readonly (readonly [file: string, language: string])[] = [
  ['go.mod', 'Go'],
  ['main.go', 'Go'],
  ['config.ru', 'Ruby'],
  ['Gemfile', 'Ruby'],
  ['pom.xml', 'Java'],
  ['build.gradle', 'Java'],
  ['build.gradle.kts', 'Java (Kotlin)'],
  ['build.sbt', 'Scala'],
  ['composer.json', 'PHP'],
  ['index.php', 'PHP'],
  ['public/index.php', 'PHP'],
  ['Cargo.toml', 'Rust'],
  ['mix.exs', 'Elixir'],
  ['rebar.config', 'Erlang'],
  ['project.clj', 'Clojure'],
  ['Package.swift', 'Swift'],
  ['shard.yml', 'Crystal'],
  ['pubspec.yaml', 'Dart'],
  ['gleam.toml', 'Gleam'],
  ['deno.json', 'Deno'],
  ['deno.jsonc', 'Deno'],
  ['bunfig.toml', 'Bun'],
  ['_config.yml', 'Jekyll'],
  ['hugo.toml', 'Hugo'],
  ['mkdocs.yml', 'MkDocs'],
  ['CMakeLists.txt', 'C or C++'],
];
const ENDINGS: readonly (readonly [ending: RegExp, language: string])[] = [
  [/^[^/]{1,100}\.(?:cs|fs|vb)proj$/, '.NET'],
  [/^[^/]{1,100}\.sln$/, '.NET'],
  [/^[^/]{1,100}\.php$/, 'PHP'],
  [/^[^/]{1,100}\.rb$/, 'Ruby'],
  [/^[^/]{1,100}\.go$/, 'Go'],
];

/** A file that shows a language which HiveMind does not run yet. */
export function foreignManifest(
  folder: Folder,
): { readonly language: string; readonly evidence: Evidence } | undefined {
  const known = LANGUAGES.find(([file]) => folder.has(file));
  if (known) return { language: known[1], evidence: folder.evidence(known[0], `${known[1]} application`) };
  for (const [ending, language] of ENDINGS) {
    const file = folder.files.find((path) => ending.test(path));
    if (file !== undefined) return { language, evidence: folder.evidence(file, `${language} source`) };
  }
  return undefined;
}

/** Languages and platforms that come later, so that the refusal can name them. */
export const detectOtherLanguages: Detector = async (context) => {
  const foreign = foreignManifest(context.folder);
  if (!foreign) return [];
  const confidence = runsBeside(foreign.language, context) ? SURE.hint : SURE.clear;
  const what = `${/^[AEIOU]/.test(foreign.language) ? 'an' : 'a'} ${foreign.language} application`;
  return [observe('unsupported', what, confidence, foreign.evidence)];
};

/** A program that HiveMind runs stands beside the other language. Sources for Deno and Bun look like sources for Node. */
function runsBeside(language: string, { start, entry, procfile }: DetectorContext): boolean {
  const web = procfile.find((process) => process.name === 'web');
  const commanded = start?.kind === 'server' || /^(?:npm|yarn|pnpm|node|python3?) /.test(web?.line ?? '');
  return commanded || (entry.path !== null && language !== 'Deno' && language !== 'Bun');
}
