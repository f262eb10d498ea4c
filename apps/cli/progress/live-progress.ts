import wrapAnsi from 'wrap-ansi';
import type { EventView } from '../../../src/contracts/api.ts';
import { logText } from '../../../src/domain/plain-text.ts';
import { secondsBetween } from '../../../src/domain/time.ts';
import { secondsText } from '../../../src/domain/wording.ts';
import type { Colors } from '../output.ts';
import type { OutputStream } from '../session.ts';
import { type EventNote, eventNote } from './event-notes.ts';
import type { Progress, ProgressOptions } from './progress.ts';
import { StageBoard, type StageProgress } from './stage-board.ts';

const FRAME_MILLISECONDS = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const AGENT_WIDTH = 11;
const TIME_WIDTH = 11;

/** A block of one line a stage, redrawn in place; what has to stay readable is written above it. */
export class LiveProgress implements Progress {
  readonly wantsBuildLines = true;
  readonly #stream: OutputStream;
  readonly #paint: Colors;
  readonly #options: ProgressOptions;
  readonly #board = new StageBoard();
  #timer: NodeJS.Timeout | undefined;
  #buildLine = '';
  #frame = 0;
  #drawnLines = 0;

  constructor(stream: OutputStream, paint: Colors, options: ProgressOptions) {
    this.#stream = stream;
    this.#paint = paint;
    this.#options = options;
    this.resume();
  }

  show(event: EventView): void {
    // What was done before the fix stays readable above the stages that begin again.
    if (event.type === 'fix.applied') this.#drawnLines = 0;
    this.#board.apply(event);
    const note = eventNote(event, this.#options);
    this.#draw(note ? [this.#noteLine(note)] : []);
  }

  buildLine(text: string): void {
    this.#buildLine = logText(text);
    if (this.#options.verbose) this.#draw([this.#paint.dim(`  ${this.#buildLine}`)]);
  }

  note(text: string): void {
    this.#draw([this.#noteLine({ label: 'hivemind', text })]);
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#draw([]);
    this.#timer = undefined;
    // What it showed stays above the question; whatever runs after it is drawn below.
    this.#drawnLines = 0;
    this.#board.stages.clear();
  }

  resume(): void {
    this.#timer ??= setInterval(() => {
      this.#frame += 1;
      this.#draw([]);
    }, FRAME_MILLISECONDS).unref();
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#draw([]);
  }

  #noteLine({ label, text }: EventNote): string {
    if (label === 'fix') return this.#paint.cyan(`+ ${text}`);
    const paint = label === 'warning' || label === 'retry' ? this.#paint.yellow : this.#paint.dim;
    return paint(`${label === 'removed' ? '-' : '!'} ${text}`);
  }

  /** One write a frame, so that nothing flickers. */
  #draw(above: readonly string[]): void {
    if (this.#timer === undefined) return;
    const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
    const height = Math.max(2, (this.#stream.rows ?? 24) - 1);
    const block = this.#lines().slice(-height);
    const up = this.#drawnLines > 0 ? `\u001b[${this.#drawnLines}A\r` : '';
    const lines = [...above, ...block.map((line) => cut(line, width))];
    this.#drawnLines = block.length;
    this.#stream.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
  }

  #lines(): readonly string[] {
    return [...this.#board.stages.values()].flatMap((stage) => {
      const isBuilding = stage.stage === 'build' && stage.state === 'running' && this.#buildLine !== '';
      return isBuilding
        ? [this.#stageLine(stage), this.#paint.dim(`    ${this.#buildLine}`)]
        : [this.#stageLine(stage)];
    });
  }

  #stageLine(stage: StageProgress): string {
    const { bold, dim } = this.#paint;
    const seconds = stage.seconds ?? Math.max(0, secondsBetween(stage.startedAt, new Date().toISOString()));
    const time = (stage.reused ? 'reused' : secondsText(seconds)).padStart(TIME_WIDTH);
    const result = stage.result === '' ? '' : dim(`: ${stage.result}`);
    return `${this.#mark(stage)} ${bold(stage.agent.padEnd(AGENT_WIDTH))} ${dim(time)}  ${stage.title}${result}`;
  }

  #mark({ state }: StageProgress): string {
    const { green, red, dim, cyan } = this.#paint;
    if (state === 'done') return green('✓');
    if (state === 'failed') return red('✗');
    if (state === 'skipped') return dim('-');
    return cyan(FRAMES[this.#frame % FRAMES.length] ?? '');
  }
}

/** The part of a line that fits, whatever its colours and however wide its characters. */
const cut = (line: string, width: number): string =>
  wrapAnsi(line.slice(0, width * 8), width, { hard: true, trim: false, wordWrap: false }).split('\n', 1)[0] ??
  '';
