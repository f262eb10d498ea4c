import type { EventView } from '../../../src/contracts/api.ts';
import { logText } from '../../../src/domain/plain-text.ts';
import { secondsBetween } from '../../../src/domain/time.ts';
import { secondsText } from '../../../src/domain/wording.ts';
import { eventNote } from './event-notes.ts';
import type { Progress, ProgressOptions } from './progress.ts';
import { StageBoard, type StageProgress } from './stage-board.ts';

const STILL_MILLISECONDS = 15_000;
const LABEL_WIDTH = 12;

interface PlainOptions extends ProgressOptions {
  /** How often a line says that the work still goes on. @default 15000 */
  readonly stillMilliseconds?: number;
}

/** One line an event, for logs and for readers that cannot redraw. */
export class PlainProgress implements Progress {
  readonly #write: (line: string) => void;
  readonly #options: PlainOptions;
  readonly #board = new StageBoard();
  #still: NodeJS.Timeout | undefined;

  constructor(write: (line: string) => void, options: PlainOptions) {
    this.#write = write;
    this.#options = options;
    this.resume();
  }

  get wantsBuildLines(): boolean {
    return this.#options.verbose;
  }

  show(event: EventView): void {
    const stage = this.#board.apply(event);
    if (stage) this.#line(event.time, stage.agent, `${stage.title} ...${outcome(stage)}`);
    const note = eventNote(event, this.#options);
    if (note) this.#line(event.time, note.label, note.text);
    if (stage || note) this.#still?.refresh();
  }

  buildLine(text: string): void {
    this.#write(`  | ${logText(text)}`);
  }

  note(text: string): void {
    this.#line(new Date().toISOString(), 'hivemind', text);
  }

  pause(): void {
    clearInterval(this.#still);
    this.#still = undefined;
  }

  resume(): void {
    const pause = this.#options.stillMilliseconds ?? STILL_MILLISECONDS;
    this.#still ??= setInterval(() => this.#sayStill(), pause).unref();
  }

  end(): void {
    this.pause();
  }

  #sayStill(): void {
    const now = new Date().toISOString();
    for (const { agent, title, startedAt } of this.#board.running) {
      const seconds = Math.max(0, secondsBetween(startedAt, now));
      this.#line(now, agent, `still ${title} (${secondsText(seconds)})`);
    }
  }

  #line(time: string, label: string, text: string): void {
    this.#write(`${clockText(time)} ${label.padEnd(LABEL_WIDTH)} ${text}`);
  }
}

function outcome({ state, seconds, result, reused }: StageProgress): string {
  if (state === 'running') return '';
  if (state === 'skipped') return ` skipped: ${result}`;
  const took = secondsText(seconds ?? 0);
  if (state === 'failed') return ` failed after ${took}: ${result}`;
  return ` done in ${took}: ${result}${reused ? ' (reused)' : ''}`;
}

/** `12:03:04`, in the operator's time zone. */
const clockText = (time: string): string => new Date(time).toTimeString().slice(0, 8);
