import { readConfig } from '../config-file.ts';
import { type Detector, namesServer } from '../detector-context.ts';
import { observe, observeMain, observeServer, SURE } from '../observation.ts';
import { runProgram } from '../package-manager.ts';
import { observeBuiltSite } from '../static-site.ts';

export const detectNuxt: Detector = async (context) => {
  const { node, folder } = context;
  const dependency = node?.packageJson.dependency('nuxt');
  if (!node || !dependency) return [];
  const framework = observe('framework', 'nuxt', SURE.stated, dependency);
  const generates = /\b(?:nuxt|nuxi) generate\b/.test(node.packageJson.script('build') ?? '');
  const singlePage = (await readConfig(folder, 'nuxt.config')).setting(/\bssr\s{0,4}:\s{0,4}false\b/);
  if (generates && !namesServer(context)) {
    const site = {
      directory: '.output/public',
      fallback: singlePage ? '200.html' : null,
      builder: ['nuxt', 'generate'],
    };
    const evidence = [node.packageJson.scriptEvidence('build'), ...(singlePage ? [singlePage.evidence] : [])];
    return [framework, ...observeBuiltSite(node, { ...site, confidence: SURE.clear, evidence })];
  }
  const start = { kind: 'argv', argv: ['node', '.output/server/index.mjs'] } as const;
  return [
    framework,
    ...observeServer(dependency),
    ...(node.packageJson.script('build') === undefined
      ? [observe('build', runProgram(node.toolchain, ['nuxt', 'build']), SURE.clear, dependency)]
      : []),
    ...(namesServer(context) ? [] : observeMain(start, 'node', SURE.clear, dependency)),
  ];
};
