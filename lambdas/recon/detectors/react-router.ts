import { readConfig } from '../config-file.ts';
import { type Detector, namesServer } from '../detector-context.ts';
import { observe, observeMain, observeServer, SURE } from '../observation.ts';
import { runProgram, startProgram } from '../package-manager.ts';
import { observeBuiltSite } from '../static-site.ts';

const VARIANTS = [
  {
    packages: ['@react-router/dev'],
    framework: 'react-router',
    server: 'react-router-serve',
    config: 'react-router.config',
    builder: ['react-router', 'build'],
  },
  {
    packages: ['@remix-run/react', '@remix-run/dev'],
    framework: 'remix',
    server: 'remix-serve',
    config: 'vite.config',
    builder: ['remix', 'vite:build'],
  },
];

/** React Router 7 as a framework, and Remix, which it came from. */
export const detectReactRouter: Detector = async (context) => {
  const { node, folder } = context;
  for (const { packages, framework: name, server, config, builder } of VARIANTS) {
    const dependency = node?.packageJson.firstDependency(packages)?.evidence;
    if (!node || !dependency) continue;
    const framework = observe('framework', name, SURE.stated, dependency);
    const singlePage = (await readConfig(folder, config)).setting(/\bssr\s{0,4}:\s{0,4}false\b/);
    if (singlePage && !namesServer(context)) {
      const site = { directory: 'build/client', fallback: 'index.html', builder, confidence: SURE.stated };
      return [framework, ...observeBuiltSite(node, { ...site, evidence: [singlePage.evidence, dependency] })];
    }
    const start = startProgram(node.toolchain, [server, 'build/server/index.js']);
    return [
      framework,
      ...observeServer(dependency),
      ...(node.packageJson.script('build') === undefined
        ? [observe('build', runProgram(node.toolchain, builder), SURE.likely, dependency)]
        : []),
      ...(namesServer(context) ? [] : observeMain(start, 'node', SURE.likely, dependency)),
    ];
  }
  return [];
};
