import { type Detector, namesServer } from '../detector-context.ts';
import { observe, observeMain, SURE } from '../observation.ts';
import { runProgram } from '../package-manager.ts';

/** The Nest CLI compiles `src/main.ts` to `dist/main.js`; its usual `start` script is for development. */
export const detectNest: Detector = async (context) => {
  const { node } = context;
  const dependency = node?.packageJson.dependency('@nestjs/core');
  if (!node || !dependency) return [];
  const start = { kind: 'argv', argv: ['node', 'dist/main.js'] } as const;
  return [
    ...(node.packageJson.script('build') === undefined
      ? [observe('build', runProgram(node.toolchain, ['nest', 'build']), SURE.likely, dependency)]
      : []),
    ...(namesServer(context) ? [] : observeMain(start, 'node', SURE.likely, dependency)),
  ];
};
