import { logText, singleLine } from '../../../domain/plain-text.ts';

const TAIL_LINES = 20;
const MAX_CAUSE_CHARACTERS = 300;

const ERROR =
  /\b(?:\w*error|\w*exception|ERR_\w+|fatal|failed|failure|cannot|can't|could not|not found|no such|denied|forbidden|unable to)\b/i;
/** The marks of npm, pnpm and Yarn before what they say of an error. */
const MARK = /^(?:npm (?:error|ERR!)|error:?|ERR!|\u00d7|\u2716)(?:\s+|$)/i;
/** What the later versions of Yarn put before every line. */
const FRAME = /^\u27a4 YN\d{4}: (?:[\u2502\u250c\u2514\u00b7] ?)?/;
/** Lines that surround an error without saying what it is: fields of npm's errors, stack frames, warnings, counts. */
const SURROUNDING =
  /^(?:(?:code|errno|syscall|path|dest|command|cwd|workspace|location|signal|status|lifecycle script)\b|at\s|(?:npm |yarn )?warn|failed with errors|\d+ errors?\b|.*\b0 (?:errors|failed)\b)/i;
/** npm's last words, about files that are gone with the workspace. */
const LOG_FILE_NOTE = /^npm (?:error|ERR!) (?:Log files were not written|A complete log of this run)/;
/** npm explains its command after some errors, at more length than the error. */
const USAGE = /^npm (?:error|ERR!) (?:Clean install a project|Install a package|Usage:)/;
/** Linux reports full inotify tables by the same code. */
const OUT_OF_SPACE = /\bENOSPC\b(?!: System limit)|\bEDQUOT\b|No space left on device|Disk quota exceeded/i;

/** A download that is not what the lock file says: it may lie in the cache, where the next build would find it again. */
const DAMAGED =
  /\bEINTEGRITY\b|\bTAR_BAD_ARCHIVE\b|ERR_PNPM_(?:TARBALL_INTEGRITY|BAD_TARBALL_SIZE|TARBALL_EXTRACT)|\bYN0018\b|Incorrect integrity when fetching from the cache|Integrity check failed|integrity checksum failed|seems to be corrupted/i;

/** What a build prints, passed on line by line. Keeps what the message of a failure needs of the step that runs. */
export class BuildOutput {
  readonly #onLine: (step: string, line: string) => void;
  #step = '';
  #tail: string[] = [];
  #firstError: string | undefined;
  #outOfSpace = false;
  #damaged = false;
  #isUsage = false;

  constructor(onLine: (step: string, line: string) => void) {
    this.#onLine = onLine;
  }

  /** Begins a step; `header` says what runs. */
  begin(step: string, header: string): void {
    this.#step = step;
    this.#tail = [];
    this.#firstError = undefined;
    this.#outOfSpace = false;
    this.#damaged = false;
    this.#isUsage = false;
    this.#onLine(step, header);
  }

  line(line: string): void {
    this.#onLine(this.#step, line);
    const text = logText(line);
    this.#isUsage ||= USAGE.test(text);
    if (text === '' || this.#isUsage || LOG_FILE_NOTE.test(text)) return;
    this.#tail.push(text);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    this.#firstError ??= errorIn(text);
    this.#outOfSpace ||= OUT_OF_SPACE.test(text);
    this.#damaged ||= DAMAGED.test(text);
  }

  /** The last lines of the step, oldest first. */
  get tail(): readonly string[] {
    return [...this.#tail];
  }

  /** The line that says best why the step failed, with a colon before it; empty when it printed nothing. */
  get cause(): string {
    const line = this.#firstError ?? this.#tail.at(-1);
    return line === undefined ? '' : `: ${singleLine(line).slice(0, MAX_CAUSE_CHARACTERS)}`;
  }

  get outOfSpace(): boolean {
    return this.#outOfSpace;
  }

  /** Whether a package was downloaded that is not what it should be. */
  get hasDamagedPackages(): boolean {
    return this.#damaged;
  }
}

function errorIn(line: string): string | undefined {
  const words = line.trim().replace(FRAME, '');
  const isMarked = MARK.test(words);
  const text = words.replace(MARK, '').trim();
  return text !== '' && !SURROUNDING.test(text) && (isMarked || ERROR.test(text)) ? text : undefined;
}
