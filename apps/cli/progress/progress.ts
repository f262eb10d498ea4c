import type { EventView } from '../../../src/contracts/api.ts';
import type { CommandContext } from '../command-context.ts';

/** Shows an operator how the work goes on. */
export interface Progress {
  show(event: EventView): void;
  /** Whether `buildLine` shows anything. */
  readonly wantsBuildLines: boolean;
  /** The newest line of the running build. */
  buildLine(text: string): void;
  /** Something about the command itself, such as a lost connection. */
  note(text: string): void;
  /** Leaves the terminal to a question. */
  pause(): void;
  /** Goes on below it. */
  resume(): void;
  end(): void;
}

export interface ProgressOptions {
  /** Also build output and decisions. */
  readonly verbose: boolean;
}

/** A live block on a terminal, plain lines elsewhere, nothing with `--json`. */
export async function createProgress(context: CommandContext, options: ProgressOptions): Promise<Progress> {
  const { session, output } = context;
  if (output.json) return SILENT;
  if (session.stderr.isTTY && session.environment['TERM'] !== 'dumb') {
    const { LiveProgress } = await import('./live-progress.ts');
    return new LiveProgress(session.stderr, output.notePaint, options);
  }
  const { PlainProgress } = await import('./plain-progress.ts');
  return new PlainProgress((line) => output.note(line), options);
}

const ignore = (): undefined => undefined;
const SILENT: Progress = {
  wantsBuildLines: false,
  show: ignore,
  buildLine: ignore,
  note: ignore,
  pause: ignore,
  resume: ignore,
  end: ignore,
};
