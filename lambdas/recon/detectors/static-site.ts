import { posix } from 'node:path';
import { plainArguments, simpleCommands } from '../command-line.ts';
import { type Detector, type DetectorContext, namesServer } from '../detector-context.ts';
import type { Folder } from '../folder.ts';
import {
  packagesOf,
  SERVER_FRAMEWORKS,
  SITE_BUILDERS,
  SITE_FRAMEWORKS,
  WEB_FRAMEWORKS,
} from '../frameworks.ts';
import { type Observation, observe, observeMain, SURE } from '../observation.ts';
import { observeFiles } from '../static-site.ts';
import { foreignManifest } from './other-languages.ts';

export const SITE_FOLDERS = [
  '.',
  'public',
  'dist',
  'build',
  'docs',
  'site',
  'www',
  'static',
  'html',
  '_site',
  'out',
  'web',
  'src',
];
const BUNDLERS = ['webpack', 'rollup', 'esbuild', 'gulp', 'snowpack', 'tailwindcss', 'sass'];

/** Files to be served as they are: an index.html, and nothing that could be a server. */
export const detectStaticSite: Detector = async (context) => {
  const { folder, entry, packageJson, workspace, start } = context;
  if (namesServer(context) || entry.path !== null || foreignManifest(folder)) return [];
  if (packagesOf(WEB_FRAMEWORKS).some((name) => packageJson?.runtimeDependency(name))) return [];
  const builders = [...packagesOf([...SERVER_FRAMEWORKS, ...SITE_FRAMEWORKS]), ...SITE_BUILDERS];
  if (start?.kind === 'development' || packageJson?.firstDependency(builders)) return [];
  if (packageJson?.script('build') !== undefined && workspace?.firstDependency(builders)) return [];
  const served = fileServer(context);
  if (served) return served;
  const directory = SITE_FOLDERS.find((path) => folder.has(posix.join(path, 'index.html')));
  if (directory === undefined) return [];
  const page = posix.join(directory, 'index.html');
  if (await isTemplate(folder, page)) return [];
  const fallback = (await isSinglePage(folder, directory)) ? 'index.html' : null;
  const confidence = confidenceFor(directory, context);
  const evidence = [folder.evidence(page, 'page of a static site'), ...notFoundPage(folder, directory)];
  return [
    observe('framework', null, SURE.clear, folder.evidence(page, 'static files')),
    ...observeMain({ kind: 'serve', directory, fallback }, 'static', confidence, ...evidence),
    ...observeFiles(...evidence),
  ];
};

/** `serve -s build`, `http-server public` and the like: the same files, from HiveMind's own server. */
function fileServer({ start, packageJson, folder }: DetectorContext): readonly Observation[] | undefined {
  if (start?.kind !== 'file-server' || !packageJson) return undefined;
  const [, ...words] =
    plainArguments(start.line)?.filter((word) => word !== 'npx') ?? simpleCommands(start.line).at(-1) ?? [];
  const path = words.find(
    (word, index) =>
      /^[\w./-]+$/.test(word) && !word.startsWith('-') && !/^-[lpac]$/.test(words[index - 1] ?? ''),
  );
  const directory =
    path === undefined
      ? folder.has('index.html')
        ? '.'
        : 'public'
      : posix.normalize(path).replace(/\/$/, '');
  if (directory.startsWith('..') || directory.startsWith('/')) return undefined;
  const built = packageJson.script('build') !== undefined || folder.hasFolder(directory);
  const fallback = words.some((word) => word === '-s' || word === '--single') ? 'index.html' : null;
  const evidence = packageJson.scriptEvidence(start.name);
  return [
    ...observeMain(
      { kind: 'serve', directory, fallback },
      'static',
      built ? SURE.clear : SURE.hint,
      evidence,
    ),
    ...observeFiles(evidence),
  ];
}

function confidenceFor(directory: string, { packageJson, folder }: DetectorContext): number {
  if (packageJson?.script('build') !== undefined && packageJson.firstDependency(BUNDLERS)) return SURE.guess;
  if (directory === 'src') return SURE.guess;
  return directory === '.' || !folder.has('index.html') ? SURE.clear : SURE.likely;
}

/** Jekyll and other generators begin their pages with front matter. */
async function isTemplate(folder: Folder, page: string): Promise<boolean> {
  const text = (await folder.read(page)) ?? '';
  return text.startsWith('---\n') || /^\s{0,8}\{%|\{\{ ?(?:site|page)\./.test(text);
}

async function isSinglePage(folder: Folder, directory: string): Promise<boolean> {
  const prefix = directory === '.' ? '' : `${directory}/`;
  const pages = folder.files.filter((file) => file.startsWith(prefix) && file.endsWith('.html'));
  if (pages.length !== 1) return false;
  const text = (await folder.read(`${prefix}index.html`)) ?? '';
  return /<div id=["']?(?:root|app|__next|__nuxt)["']?/.test(text) && /<script[^>]{0,200}\bsrc=/.test(text);
}

function notFoundPage(folder: Folder, directory: string) {
  const page = posix.join(directory, '404.html');
  return folder.has(page) ? [folder.evidence(page, 'page for unknown paths')] : [];
}
