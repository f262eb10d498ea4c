import * as z from 'zod';
import type { Evidence } from '../../../src/domain/plan.ts';
import { plainArguments } from '../command-line.ts';
import type { Detector, DetectorContext } from '../detector-context.ts';
import { type Observation, observe, observeMain, SURE } from '../observation.ts';
import { excerpt } from '../package-json.ts';
import { programFile } from '../program-file.ts';
import { lineCommand } from '../start-command.ts';
import { runtimeOf } from './procfile.ts';

/** A Dockerfile says how its author runs the application in an image: weaker evidence than what runs it outside of one. */
export const detectDockerfile: Detector = async (context) => {
  const { folder } = context;
  const path = folder.firstOf(['Dockerfile', 'Dockerfile.prod', 'dockerfile', 'Containerfile']);
  const text = path === undefined ? undefined : await folder.read(path);
  if (path === undefined || text === undefined) return [];
  const lines = instructionsOf(text);
  const lastStage = lines.slice(lines.findLastIndex(({ name }) => name === 'FROM'));
  const evidence = (line: Instruction) =>
    folder.evidence(path, excerpt(`${line.name} ${line.rest}`), line.line);
  return lastStage.flatMap((line) => {
    if (line.name === 'FROM')
      return [observe('unsupported', `a container image (${excerpt(line.rest)})`, SURE.hint, evidence(line))];
    if (line.name === 'EXPOSE') return [observe('exposed', true, SURE.hint, evidence(line))];
    if (line.name === 'CMD') return commandObservations(line.rest, evidence(line), context);
    return line.name === 'HEALTHCHECK' ? healthObservations(line.rest, evidence(line)) : [];
  });
};

interface Instruction {
  readonly name: string;
  readonly rest: string;
  readonly line: number;
}

function instructionsOf(text: string): readonly Instruction[] {
  const instructions: { name: string; rest: string; line: number }[] = [];
  let continued = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const content = line.endsWith('\\') ? line.slice(0, -1).trim() : line;
    const last = instructions.at(-1);
    if (continued && last) last.rest += ` ${content}`;
    else {
      const [name = '', ...rest] = content.split(' ');
      instructions.push({ name: name.toUpperCase(), rest: rest.join(' ').trim(), line: index + 1 });
    }
    continued = line.endsWith('\\');
  }
  return instructions;
}

const execForm = z.array(z.string()).min(1);

/** The command counts when it starts a program of the repository or one of its scripts. */
function commandObservations(
  rest: string,
  evidence: Evidence,
  context: DetectorContext,
): readonly Observation[] {
  const line = rest.startsWith('[') ? execLine(rest) : rest;
  if (line === undefined || line === '' || line.length > 1000) return [];
  const { folder, packageJson, node, entry } = context;
  const runtime = runtimeOf(line, context);
  const known =
    programFile(line, folder, packageJson?.main) !== undefined || /^(?:npm|yarn|pnpm) /.test(line);
  if (!known || runtime === undefined || (runtime === 'node' && !node && entry.path === null)) return [];
  const command = lineCommand(line, node);
  const isScript = command.kind === 'argv' && /^(?:npm|yarn|pnpm)$/.test(command.argv[0] ?? '');
  return isScript && context.start?.kind !== 'server'
    ? []
    : observeMain(command, runtime, SURE.guess, evidence);
}

function execLine(rest: string): string | undefined {
  try {
    const words = execForm.safeParse(JSON.parse(rest));
    if (!words.success) return undefined;
    const line = words.data.join(' ');
    return plainArguments(line)?.length === words.data.length ? line : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function healthObservations(rest: string, evidence: Evidence): readonly Observation[] {
  const path = /https?:\/\/[\w.:$[\]{}-]{1,80}(\/[\w./-]{0,80})/.exec(rest)?.[1];
  return path === undefined ? [] : [observe('healthCheckPath', path, SURE.likely, evidence)];
}
