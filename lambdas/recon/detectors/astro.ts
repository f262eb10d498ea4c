import { readConfig } from '../config-file.ts';
import { type Detector, namesServer } from '../detector-context.ts';
import { observe, observeMain, observeServer, SURE } from '../observation.ts';
import { runProgram } from '../package-manager.ts';
import { observeBuiltSite } from '../static-site.ts';

export const detectAstro: Detector = async (context) => {
  const { node, folder } = context;
  const dependency = node?.packageJson.dependency('astro');
  if (!node || !dependency) return [];
  const framework = observe('framework', 'astro', SURE.stated, dependency);
  const config = await readConfig(folder, 'astro.config');
  const adapter = node.packageJson.dependency('@astrojs/node');
  if (adapter || namesServer(context)) {
    const start = { kind: 'argv', argv: ['node', './dist/server/entry.mjs'] } as const;
    const build =
      node.packageJson.script('build') === undefined
        ? [observe('build', runProgram(node.toolchain, ['astro', 'build']), SURE.clear, dependency)]
        : [];
    const main = namesServer(context) ? [] : observeMain(start, 'node', SURE.clear, adapter ?? dependency);
    return [framework, ...observeServer(adapter ?? dependency), ...build, ...main];
  }
  const server = config.setting(/\boutput\s{0,4}:\s{0,4}['"](server)['"]/);
  if (server) {
    const problem = 'Astro with server output and without @astrojs/node, which makes a server to run';
    return [framework, observe('unsupported', problem, SURE.stated, server.evidence)];
  }
  const outDir = config.setting(/\boutDir\s{0,4}:\s{0,4}['"]([^'"\n]{1,100})['"]/);
  const site = {
    directory: outDir?.value ?? 'dist',
    fallback: null,
    builder: ['astro', 'build'],
    confidence: SURE.clear,
  };
  return [
    framework,
    ...observeBuiltSite(node, { ...site, evidence: [dependency, ...(outDir ? [outDir.evidence] : [])] }),
  ];
};
