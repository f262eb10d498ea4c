import { readConfig } from '../config-file.ts';
import { type Detector, namesServer } from '../detector-context.ts';
import { observe, observeMain, observeServer, SURE } from '../observation.ts';
import { runProgram } from '../package-manager.ts';
import { observeBuiltSite } from '../static-site.ts';

/** What SvelteKit builds depends on its adapter: a Node server, files, or something for a platform that this is not. */
export const detectSvelteKit: Detector = async (context) => {
  const { node, folder } = context;
  const dependency = node?.packageJson.dependency('@sveltejs/kit');
  if (!node || !dependency) return [];
  const framework = observe('framework', 'sveltekit', SURE.stated, dependency);
  const builder = ['vite', 'build'];
  const build =
    node.packageJson.script('build') === undefined
      ? [observe('build', runProgram(node.toolchain, builder), SURE.clear, dependency)]
      : [];
  const server = node.packageJson.dependency('@sveltejs/adapter-node');
  if (server || namesServer(context)) {
    const start = { kind: 'argv', argv: ['node', 'build'] } as const;
    const main = namesServer(context) || !server ? [] : observeMain(start, 'node', SURE.stated, server);
    return [framework, ...observeServer(server ?? dependency), ...build, ...main];
  }
  const files = node.packageJson.dependency('@sveltejs/adapter-static');
  if (files) {
    const fallback = (await readConfig(folder, 'svelte.config')).setting(
      /\bfallback\s{0,4}:\s{0,4}['"]([\w.-]{1,80})['"]/,
    );
    const site = { directory: 'build', fallback: fallback?.value ?? null, builder, confidence: SURE.stated };
    return [
      framework,
      ...observeBuiltSite(node, { ...site, evidence: [files, ...(fallback ? [fallback.evidence] : [])] }),
    ];
  }
  const adapter = node.packageJson.dependencyNames.find((name) => name.includes('adapter-')) ?? 'no adapter';
  const problem = `SvelteKit with ${adapter}, which builds no server of its own (@sveltejs/adapter-node does)`;
  return [
    framework,
    observe('unsupported', problem, SURE.stated, node.packageJson.dependency(adapter) ?? dependency),
  ];
};
