import type { Detector, DetectorContext } from '../detector-context.ts';
import { type Observation, observe, observeMain, SURE } from '../observation.ts';
import { runProgram, runScript } from '../package-manager.ts';
import { programFile } from '../program-file.ts';
import { type NodePackage, scriptCommand } from '../start-command.ts';
import type { StartScript } from '../start-script.ts';
import { workspaceBuild } from '../workspace-build.ts';

/** Start and build scripts of package.json. */
export const detectPackageJson: Detector = async (context) =>
  context.node
    ? [...startObservations(context, context.node), ...buildObservations(context, context.node)]
    : [];

function startObservations(context: DetectorContext, node: NodePackage): readonly Observation[] {
  const { start } = context;
  if (!start) return [];
  const evidence = node.packageJson.scriptEvidence(start.name);
  if (start.kind === 'foreign')
    return [observe('unsupported', start.platform ?? start.line, SURE.stated, evidence)];
  if (start.kind !== 'server') {
    const note = {
      development: 'starts a development server',
      'file-server': 'serves files',
      runner: 'starts other packages',
    };
    return [observe('nearMiss', `${evidence.note}, which ${note[start.kind]}`, SURE.clear, evidence)];
  }
  if (context.procfile.some((process) => process.name === 'web')) return [];
  const port = /\$\{?PORT\b/.test(start.line)
    ? [observe('portFromEnvironment', true, SURE.stated, evidence)]
    : [];
  const runtime = /^python3?\b/.test(start.line) ? 'python' : 'node';
  return [
    ...observeMain(scriptCommand(start, node), runtime, startConfidence(start, context), evidence),
    ...port,
  ];
}

function startConfidence(start: StartScript, { folder, packageJson, entry }: DetectorContext): number {
  const program = /^(?:node|tsx|ts-node)\b/.test(start.line);
  const missing =
    program && entry.from !== 'command' && programFile(start.line, folder, packageJson?.main) === undefined;
  if (missing) return packageJson?.script('build') === undefined ? SURE.guess : SURE.likely;
  if (/^(?:concurrently|npm-run-all|run-p|run-s)\b/.test(start.line)) return SURE.guess;
  return start.name.startsWith('start') ? SURE.stated : SURE.likely;
}

const BUILD_SCRIPTS = ['build', 'build:prod', 'build:production', 'heroku-postbuild'];
/** Does nothing, watches, tests, or only looks. */
export const NO_PRODUCTION_BUILD =
  /^(?:echo\b[^&|;]{0,400}|exit 0|true|:|noop)$|(?:^|\s)(?:-w|--watch)(?:\s|$)|\b(?:nodemon|jest|mocha|vitest)\b|^(?:tsc|eslint|prettier)(?: .{0,200})? --noEmit\b[^&|;]{0,200}$/;

function buildObservations(context: DetectorContext, node: NodePackage): readonly Observation[] {
  const { packageJson, toolchain } = node;
  const name = BUILD_SCRIPTS.find((candidate) => packageJson.script(candidate) !== undefined);
  if (name === undefined) return compilation(context, node);
  const evidence = packageJson.scriptEvidence(name);
  if (NO_PRODUCTION_BUILD.test(packageJson.script(name) ?? '')) {
    const note = `${evidence.note}, which is no production build`;
    return [observe('build', null, SURE.likely, { ...evidence, note })];
  }
  const whole = context.workspace && workspaceBuild(context.packages, context.workspace, toolchain);
  if (whole) return [observe('build', whole.command, whole.confidence, whole.evidence, evidence)];
  return [observe('build', runScript(toolchain, name), SURE.stated, evidence)];
}

/** A start command that names compiled output, without a script that compiles. */
function compilation({ entry, start, folder }: DetectorContext, { packageJson, toolchain }: NodePackage) {
  const compiled = start?.kind === 'server' && /(?:^|[ /])(?:dist|build|lib|out)\//.test(start.line);
  const compiler = packageJson.dependency('typescript');
  if (!compiled || !compiler || !entry.path?.endsWith('.ts') || !folder.has('tsconfig.json')) return [];
  const evidence = packageJson.scriptEvidence(start.name);
  return [observe('build', runProgram(toolchain, ['tsc']), SURE.guess, evidence, compiler)];
}
