import { type Detector, namesServer } from '../detector-context.ts';
import { nextStaticExport } from '../next-config.ts';
import { observe, observeMain, observeServer, SURE } from '../observation.ts';
import { runProgram, startProgram } from '../package-manager.ts';
import { observeBuiltSite } from '../static-site.ts';

export const detectNext: Detector = async (context) => {
  const { node, folder } = context;
  const dependency = node?.packageJson.runtimeDependency('next');
  if (!node || !dependency) return [];
  const framework = observe('framework', 'next', SURE.stated, dependency);
  const exported = await nextStaticExport(folder);
  if (exported) {
    const site = { directory: 'out', fallback: null, builder: ['next', 'build'], confidence: SURE.stated };
    return [framework, ...observeBuiltSite(node, { ...site, evidence: [exported.evidence, dependency] })];
  }
  return [
    framework,
    ...observeServer(dependency),
    ...(node.packageJson.script('build') === undefined
      ? [observe('build', runProgram(node.toolchain, ['next', 'build']), SURE.clear, dependency)]
      : []),
    ...(namesServer(context)
      ? []
      : observeMain(startProgram(node.toolchain, ['next', 'start']), 'node', SURE.clear, dependency)),
  ];
};
