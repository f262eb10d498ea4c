import { boundedLine, cleanLine, LINE_LIMIT } from './clean-line.ts';
import { isCandidate, isError, isNoise } from './line-kinds.ts';

export interface NumberedLine {
  /** Of the raw log, from 1. */
  readonly number: number;
  /** Without colours, times and prefixes. */
  readonly text: string;
}

/** What is kept of a log, however long it is. */
export interface LogReading {
  /** In the order of the log: its beginning, its end, and what is around everything that may be an error. */
  readonly lines: readonly NumberedLine[];
  /** Lines of the whole log. */
  readonly total: number;
  /** The first line that reports an error that means something; null when none does. */
  readonly firstError: NumberedLine | null;
  /** Further errors, in order, without repetitions. */
  readonly chain: readonly NumberedLine[];
}

const HEAD_LINES = 200;
const TAIL_LINES = 400;
const BEFORE = 3;
const AFTER = 8;
/** Characters kept of what is between beginning and end. */
const MIDDLE_BUDGET = 400_000;
/** Different candidates that are told apart; further ones count as repetitions. */
const SHAPES_LIMIT = 4_000;
const CHAIN_LIMIT = 8;
/** Lines kept at either end of a run of lines of one kind. */
const RUN_ENDS = 8;

/** Reads a log piece by piece in constant memory. */
export class LogReader {
  readonly #head: NumberedLine[] = [];
  readonly #middle = new Map<number, NumberedLine>();
  #tail: { number: number; raw: string }[] = [];
  readonly #shapes = new Set<string>();
  #budget = MIDDLE_BUDGET;
  #after = 0;
  #total = 0;
  #partial = '';

  write(chunk: string): void {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      this.#line(this.#partial + chunk.slice(from, end));
      this.#partial = '';
      from = end + 1;
    }
    this.#partial += chunk.slice(from);
    // What has been overwritten or is in the middle of an endless line is of no use.
    if (this.#partial.length > 4 * LINE_LIMIT) this.#partial = boundedLine(this.#partial);
  }

  end(): LogReading {
    if (this.#partial !== '') this.#line(this.#partial);
    this.#partial = '';
    const kept = new Map<number, NumberedLine>();
    for (const line of this.#head) kept.set(line.number, line);
    for (const [number, line] of this.#middle) kept.set(number, line);
    for (const { number, raw } of this.#tail.slice(-TAIL_LINES))
      kept.set(number, { number, text: cleanLine(raw) });
    const lines = withoutRuns(
      [...kept.values()].filter(({ text }) => !isNoise(text)).sort((a, b) => a.number - b.number),
    );
    const errors = distinct(lines.filter(({ text }) => isError(text)));
    return {
      lines,
      total: this.#total,
      firstError: errors[0] ?? null,
      chain: errors.slice(1, 1 + CHAIN_LIMIT),
    };
  }

  #line(whole: string): void {
    const raw = boundedLine(whole);
    this.#total += 1;
    const number = this.#total;
    if (number <= HEAD_LINES) {
      this.#head.push({ number, text: cleanLine(raw) });
      return;
    }
    this.#tail.push({ number, raw });
    if (this.#tail.length >= 2 * TAIL_LINES) this.#tail = this.#tail.slice(-TAIL_LINES);
    if (this.#isNew(raw)) {
      for (const line of this.#tail.slice(-BEFORE - 1)) this.#keep(line.number, line.raw);
      this.#after = AFTER;
    } else if (this.#after > 0) {
      this.#after -= 1;
      this.#keep(number, raw);
    }
  }

  /** Whether the line may be an error, and none of its kind was seen before. */
  #isNew(raw: string): boolean {
    if (this.#budget <= 0 || this.#shapes.size >= SHAPES_LIMIT || !isCandidate(raw)) return false;
    const shape = shapeOf(raw);
    if (this.#shapes.has(shape)) return false;
    this.#shapes.add(shape);
    return true;
  }

  #keep(number: number, raw: string): void {
    if (this.#budget <= 0 || this.#middle.has(number)) return;
    const text = cleanLine(raw);
    this.#budget -= text.length + 1;
    this.#middle.set(number, { number, text });
  }
}

/** The whole of a short text, or what is kept of a long one. */
export function readText(text: string): LogReading {
  const reader = new LogReader();
  reader.write(text);
  return reader.end();
}

/** @param chunks pieces of the log; a line may go over several */
export async function readLog(chunks: AsyncIterable<string>): Promise<LogReading> {
  const reader = new LogReader();
  for await (const chunk of chunks) reader.write(chunk);
  return reader.end();
}

/** What lines that differ only in numbers and ids have in common. */
const shapeOf = (line: string): string => line.slice(0, 400).replace(/[0-9a-f]{8,}|\d+/gi, '#');

/** Without the middle of long runs of lines that differ only in numbers and speak of no failure. */
function withoutRuns(lines: readonly NumberedLine[]): readonly NumberedLine[] {
  const shapes = lines.map(({ text }) => (isCandidate(text) ? undefined : shapeOf(text)));
  const isSame = (index: number, other: number) =>
    shapes[index] !== undefined && shapes[index] === shapes[other];
  const run = (index: number, step: 1 | -1): boolean =>
    Array.from({ length: RUN_ENDS }, (_, away) => index + (away + 1) * step).every((other) =>
      isSame(index, other),
    );
  return lines.filter((_, index) => !(run(index, -1) && run(index, 1)));
}

function distinct(lines: readonly NumberedLine[]): readonly NumberedLine[] {
  const seen = new Set<string>();
  return lines.filter(({ text }) => {
    const shape = shapeOf(text);
    if (seen.has(shape)) return false;
    seen.add(shape);
    return true;
  });
}
