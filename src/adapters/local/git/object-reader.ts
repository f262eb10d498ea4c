import type { ChildProcess } from 'node:child_process';
import type { HiveMindError } from '../../../domain/errors.ts';
import { unreadableCopy } from '../../anywhere/source/nothing-to-fetch.ts';
import { signalGroup } from '../process-group.ts';
import type { GitEnvironment } from './environment.ts';
import { cannotRun, startGit } from './git-process.ts';

export interface GitObject {
  readonly id: string;
  readonly type: string;
  /** At most the first `maxBytes` that were asked for. */
  readonly content: Buffer;
}

interface Request {
  readonly name: string;
  readonly maxBytes: number;
  readonly resolve: (found: GitObject | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** The object whose bytes are coming in; `left` counts them and the line end after them. */
interface Arriving {
  readonly id: string;
  readonly type: string;
  readonly chunks: Buffer[];
  wanted: number;
  left: number;
}

/** How long `git cat-file` waits for the next read: a process start saved for each file that is read in a row. */
const IDLE_MILLISECONDS = 200;
/** To read and drop this much costs about as much as to start a new process. */
const CHEAP_TO_DROP_BYTES = 4 * 1024 * 1024;

/** Reads objects of one repository through one `git cat-file --batch`, which ends by itself when nobody reads. */
export class ObjectReader {
  readonly #directory: string;
  readonly #environment: GitEnvironment;
  readonly #waiting: Request[] = [];
  #child: ChildProcess | undefined;
  #arriving: Arriving | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #idle: NodeJS.Timeout | undefined;

  constructor(directory: string, environment: GitEnvironment) {
    this.#directory = directory;
    this.#environment = environment;
  }

  /**
   * @param name any name of one object without a line end: an id, `<commit>^{tree}`, `<tree>:<path>`
   * @returns undefined when there is no such object
   */
  read(name: string, maxBytes: number): Promise<GitObject | undefined> {
    if (name.includes('\n')) return Promise.resolve(undefined);
    clearTimeout(this.#idle);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, maxBytes, resolve, reject });
      const child = this.#child;
      if (child) child.stdin?.write(`${name}\n`);
      else this.#start();
    });
  }

  /** Ends the process; a later read starts a new one. */
  close(): void {
    clearTimeout(this.#idle);
    this.#child?.stdin?.end();
    this.#child = undefined;
  }

  #start(): void {
    const child = startGit({
      args: ['cat-file', '--batch'],
      environment: this.#environment,
      directory: this.#directory,
    });
    this.#child = child;
    this.#arriving = undefined;
    this.#rest = Buffer.alloc(0);
    child.stderr?.resume();
    child.stdout?.on('data', (chunk: Buffer) => this.#child === child && this.#take(chunk));
    child.on('error', (cause) => this.#fail(child, cannotRun(cause)));
    child.once('close', () => this.#fail(child, unreadableCopy()));
    child.stdin?.write(this.#waiting.map(({ name }) => `${name}\n`).join(''));
  }

  #fail(child: ChildProcess, error: HiveMindError): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const request of this.#waiting.splice(0)) request.reject(error);
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let request = this.#waiting[0]; request !== undefined; request = this.#waiting[0]) {
      const arriving = this.#arriving ?? this.#takeHeader(request);
      if (arriving === undefined) return;
      if (arriving === 'missing') this.#settle(undefined);
      else if (!this.#takeContent(arriving)) return;
    }
    this.#idle = setTimeout(() => this.close(), IDLE_MILLISECONDS);
  }

  #takeHeader(request: Request): Arriving | 'missing' | undefined {
    const end = this.#rest.indexOf('\n');
    if (end < 0) return undefined;
    const header = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(this.#rest.toString('utf8', 0, end));
    this.#rest = this.#rest.subarray(end + 1);
    if (header === null) return 'missing';
    const bytes = Number(header[3]);
    this.#arriving = {
      id: header[1] ?? '',
      type: header[2] ?? '',
      chunks: [],
      wanted: Math.min(bytes, request.maxBytes),
      left: bytes + 1,
    };
    return this.#arriving;
  }

  /** @returns whether the request is settled and the process still usable */
  #takeContent(arriving: Arriving): boolean {
    const part = this.#rest.subarray(0, arriving.left);
    this.#rest = this.#rest.subarray(part.length);
    arriving.left -= part.length;
    if (arriving.wanted > 0) arriving.chunks.push(part.subarray(0, arriving.wanted));
    arriving.wanted -= Math.min(arriving.wanted, part.length);
    const tooMuchToDrop = arriving.wanted === 0 && arriving.left > CHEAP_TO_DROP_BYTES;
    if (arriving.left > 0 && !tooMuchToDrop) return false;
    this.#settle({ id: arriving.id, type: arriving.type, content: Buffer.concat(arriving.chunks) });
    if (tooMuchToDrop) this.#startAnew();
    return !tooMuchToDrop;
  }

  #settle(found: GitObject | undefined): void {
    this.#arriving = undefined;
    this.#waiting.shift()?.resolve(found);
  }

  #startAnew(): void {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    if (this.#waiting.length > 0) this.#start();
  }
}
