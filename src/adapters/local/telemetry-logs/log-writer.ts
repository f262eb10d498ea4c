import { appendFile, type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';
import type { LogLine } from '../../../domain/log-line.ts';

export interface LogFileOptions {
  /** A file that would grow beyond is put aside. @default 5 MiB */
  readonly maxFileBytes: number;
  /** Files put aside that are kept, `.1` being the newest. @default 3 */
  readonly keep: number;
  /** What may wait for the disk; lines beyond are lost and counted. @default 4 MiB */
  readonly maxWaitingBytes: number;
}

export const LOG_FILE_OPTIONS: LogFileOptions = {
  maxFileBytes: 5 * 1024 * 1024,
  keep: 3,
  maxWaitingBytes: 4 * 1024 * 1024,
};

/** A log file as it was at one moment: what is appended later lies beyond `bytes`, and a rotation does not touch it. */
export interface OpenLogFile {
  readonly handle: FileHandle;
  readonly bytes: number;
}

const FLUSH_MILLISECONDS = 50;
const FLUSH_BYTES = 256 * 1024;
const NEWLINE = '\n'.charCodeAt(0);

/** Appends lines to one file, in batches and one write after the other. Never throws: what cannot be written is counted. */
export class LogWriter {
  readonly #file: string;
  readonly #options: LogFileOptions;
  #waiting: string[] = [];
  #waitingBytes = 0;
  /** Of the lines in `#waiting` and of those that are being written. */
  #heldBytes = 0;
  #lost = 0;
  #whyLost = '';
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** Undefined until the file was looked at, and after a write that failed. */
  #fileBytes: number | undefined;

  constructor(file: string, options: LogFileOptions) {
    this.#file = file;
    this.#options = options;
  }

  write(line: LogLine): void {
    const text = `${JSON.stringify(line)}\n`;
    const bytes = Buffer.byteLength(text);
    if (this.#heldBytes + bytes > this.#options.maxWaitingBytes) {
      this.#lose(1, 'they came faster than the disk takes them');
      return;
    }
    if (this.#lost > 0) this.#hold(this.#lossBefore(line));
    this.#hold(text, bytes);
    if (this.#waitingBytes >= FLUSH_BYTES) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MILLISECONDS);
  }

  /** Resolves when everything written before is in the file, or lost. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    const bytes = this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return this.#inTurn(async () => {
      await this.#append(batch);
      this.#heldBytes -= bytes;
    });
  }

  /** The files with exactly what was written until this call, newest first. The caller closes them. */
  async openFiles(): Promise<readonly OpenLogFile[]> {
    void this.flush();
    return this.#inTurn(async () => {
      const files = Array.from({ length: this.#options.keep + 1 }, (_, age) => this.#aged(age));
      const opened = await Promise.all(files.map(openToRead));
      return opened.filter((file) => file !== undefined);
    });
  }

  /** Forgets what waits; resolves when nothing is being written any more. */
  async discard(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#heldBytes -= this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#inTurn(async () => {
      this.#fileBytes = undefined;
    });
  }

  #hold(text: string, bytes = Buffer.byteLength(text)): void {
    this.#waiting.push(text);
    this.#waitingBytes += bytes;
    this.#heldBytes += bytes;
  }

  #lose(lines: number, why: string): void {
    this.#lost += lines;
    this.#whyLost = why;
  }

  #lossBefore({ time, source }: LogLine): string {
    const text = `${this.#lost} lines of this log were lost: ${this.#whyLost}`;
    this.#lost = 0;
    return `${JSON.stringify({ time, source, name: 'hivemind', text })}\n`;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #append(lines: readonly string[]): Promise<void> {
    let rest = lines;
    try {
      while (rest.length > 0) {
        const written = await this.#appendSome(rest);
        rest = rest.slice(written);
      }
    } catch (error) {
      this.#fileBytes = undefined;
      this.#lose(rest.length, systemErrorCode(error) ?? String(error));
    }
  }

  /** Appends as many lines as the file takes, at least one; returns how many. */
  async #appendSome(lines: readonly string[]): Promise<number> {
    const present = this.#fileBytes ?? (await makeReady(this.#file));
    let bytes = present;
    const fitting: string[] = [];
    for (const line of lines) {
      const after = bytes + Buffer.byteLength(line);
      if (after > this.#options.maxFileBytes && bytes > 0) break;
      fitting.push(line);
      bytes = after;
    }
    if (fitting.length > 0) await appendFile(this.#file, fitting.join(''), { mode: 0o600 });
    this.#fileBytes = bytes;
    if (fitting.length < lines.length) await this.#rotate();
    return fitting.length;
  }

  async #rotate(): Promise<void> {
    for (let age = this.#options.keep; age > 0; age--) {
      await whenThere(rename(this.#aged(age - 1), this.#aged(age)));
    }
    this.#fileBytes = 0;
  }

  #aged(age: number): string {
    return age === 0 ? this.#file : `${this.#file}.${age}`;
  }
}

/** Creates the folder, and ends a line that a killed server wrote half of. Returns the size of the file. */
async function makeReady(file: string): Promise<number> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    if (size === 0) return 0;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] === NEWLINE) return size;
    await handle.write('\n');
    return size + 1;
  } finally {
    await handle.close();
  }
}

async function openToRead(file: string): Promise<OpenLogFile | undefined> {
  const handle = await whenThere(open(file, 'r'));
  return handle && { handle, bytes: (await handle.stat()).size };
}

async function whenThere<T>(access: Promise<T>): Promise<T | undefined> {
  try {
    return await access;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
