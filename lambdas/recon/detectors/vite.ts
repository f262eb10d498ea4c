import { posix } from 'node:path';
import { readConfig } from '../config-file.ts';
import { type Detector, type DetectorContext, namesServer } from '../detector-context.ts';
import { packagesOf, SERVER_FRAMEWORKS, SITE_FRAMEWORKS } from '../frameworks.ts';
import { observe, SURE } from '../observation.ts';
import { observeBuiltSite } from '../static-site.ts';

/** A single-page application: index.html where Vite looks for it, and no server of its own. */
export const detectVite: Detector = async (context) => {
  const { node, folder, entry, workspace } = context;
  const dependency =
    node?.packageJson.dependency('vite') ??
    (scriptsUseVite(context) ? workspace?.dependency('vite') : undefined);
  if (!node || !dependency || namesServer(context) || entry.path !== null) return [];
  if (node.packageJson.firstDependency(packagesOf([...SERVER_FRAMEWORKS, ...SITE_FRAMEWORKS]))) return [];
  const config = await readConfig(folder, 'vite.config');
  const root = config.setting(/\broot\s{0,4}:\s{0,4}['"]([^'"\n]{1,100})['"]/);
  const page = posix.join(root?.value ?? '.', 'index.html');
  if (!folder.has(page)) return [];
  const outDir = config.setting(/\boutDir\s{0,4}:\s{0,4}['"]([^'"\n]{1,100})['"]/);
  const base = config.setting(/\bbase\s{0,4}:\s{0,4}['"](\/[^'"\n]{1,100})['"]/);
  const settings = [root, outDir, base].flatMap((setting) => (setting ? [setting.evidence] : []));
  return [
    observe('framework', 'vite', SURE.stated, dependency),
    ...observeBuiltSite(node, {
      directory: posix.join(root?.value ?? '.', outDir?.value ?? 'dist'),
      fallback: 'index.html',
      builder: ['vite', 'build'],
      // Pages under another base path ask for files that the root does not have.
      confidence: base ? SURE.guess : SURE.stated,
      evidence: [dependency, folder.evidence(page, 'page of the application'), ...settings],
    }),
  ];
};

/** A member of a workspace may use the tools of the workspace. */
const scriptsUseVite = ({ packageJson }: DetectorContext): boolean =>
  ['build', 'dev', 'start'].some((name) => /\bvite\b/.test(packageJson?.script(name) ?? ''));
