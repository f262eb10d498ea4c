import type { RuntimeName } from '../../../src/domain/plan.ts';
import { simpleCommands } from '../command-line.ts';
import { type Detector, type DetectorContext, namesServer } from '../detector-context.ts';
import { type Observation, observe, observeMain, SURE } from '../observation.ts';
import type { ProcfileEntry } from '../procfile.ts';
import { lineCommand } from '../start-command.ts';
import { classify } from '../start-script.ts';

/** `web` is the main process, `release` runs before it, every other name is a process beside it. */
export const detectProcfile: Detector = async (context) =>
  context.procfile.flatMap((entry) => {
    const { platform } = classify(entry.line);
    if (platform !== undefined) return [observe('unsupported', platform, SURE.stated, entry.evidence)];
    if (entry.name === 'web') return webProcess(entry, context);
    const command = lineCommand(entry.line, context.node);
    if (entry.name === 'release') return [observe('migrations', command, SURE.stated, entry.evidence)];
    const process = { name: entry.name, command, exposed: false };
    const runtime = namesServer(context) ? undefined : runtimeOf(entry.line, context);
    return [
      observe('process', process, SURE.stated, entry.evidence),
      ...(runtime ? [observe('runtime', runtime, SURE.clear, entry.evidence)] : []),
    ];
  });

function webProcess(entry: ProcfileEntry, context: DetectorContext): readonly Observation[] {
  const command = lineCommand(entry.line, context.node);
  const runtime = runtimeOf(entry.line, context);
  const port = /\$\{?PORT\b/.test(entry.line)
    ? [observe('portFromEnvironment', true, SURE.stated, entry.evidence)]
    : [];
  return [
    ...observeMain(command, runtime ?? 'node', runtime ? SURE.stated : SURE.guess, entry.evidence),
    observe('exposed', true, SURE.stated, entry.evidence),
    ...port,
  ];
}

/** The runtime that a command line takes; undefined when nothing says so. */
export function runtimeOf(
  line: string,
  { packageJson, entry, folder }: DetectorContext,
): RuntimeName | undefined {
  const programs = simpleCommands(line).map(([program]) => program ?? '');
  if (programs.some((program) => /^python(?:3(?:\.\d{1,2})?)?$/.test(program))) return 'python';
  if (programs.some((program) => /^(?:node|npm|npx|pnpm|yarn|tsx|ts-node)$/.test(program))) return 'node';
  if (entry.path?.endsWith('.py')) return 'python';
  if (packageJson || entry.path !== null) return 'node';
  return folder.files.some((file) => /^[^/]{1,80}\.py$/.test(file)) ? 'python' : undefined;
}
