import pc from 'picocolors';
import type { OutputStream, Session } from './session.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** Data goes to stdout, everything about the work to stderr; with `--json` stdout is one document and stderr silent. */
export class Output {
  readonly json: boolean;
  /** Colours for stdout. */
  readonly paint: Colors;
  /** Colours for stderr. */
  readonly notePaint: Colors;
  readonly #session: Session;

  constructor(session: Session, json: boolean) {
    this.#session = session;
    this.json = json;
    this.paint = colorsFor(session.stdout, session.environment);
    this.notePaint = colorsFor(session.stderr, session.environment);
  }

  /** Columns of the terminal that stdout is; undefined when it is none, and lines may be as long as they are. */
  get width(): number | undefined {
    return this.#session.stdout.isTTY ? (this.#session.stdout.columns ?? 80) : undefined;
  }

  print(text: string): void {
    this.#session.stdout.write(`${text}\n`);
  }

  document(value: unknown): void {
    this.print(safeJson(JSON.stringify(value, null, 2)));
  }

  /** A document of a stream of documents. */
  documentLine(value: unknown): void {
    this.print(safeJson(JSON.stringify(value)));
  }

  note(text: string): void {
    if (!this.json) this.#session.stderr.write(`${text}\n`);
  }
}

/** `NO_COLOR` wins over `FORCE_COLOR`, which wins over what the stream is. */
export function colorsFor(stream: OutputStream, environment: NodeJS.ProcessEnv): Colors {
  const forced = environment['FORCE_COLOR'];
  if (environment['NO_COLOR']) return pc.createColors(false);
  if (forced !== undefined && forced !== '') return pc.createColors(forced !== '0' && forced !== 'false');
  return pc.createColors(stream.isTTY === true && environment['TERM'] !== 'dumb');
}

/** JSON leaves C1 controls and direction marks as they are; a terminal would obey them. */
const safeJson = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
