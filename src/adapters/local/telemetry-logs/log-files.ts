import { EventEmitter } from 'node:events';
import { rm } from 'node:fs/promises';
import { logLineShape } from '../../../contracts/api.ts';
import { LOG_SOURCES, type LogLine, type LogSource } from '../../../domain/log-line.ts';
import type { LogQuery, Telemetry } from '../../../ports/telemetry.ts';
import type { Home } from '../home.ts';
import { isPathSegment, pathSegment } from '../path-segment.ts';
import { linesBackwards } from './backward-lines.ts';
import { LiveLines } from './live-lines.ts';
import { logText } from './log-text.ts';
import { LOG_FILE_OPTIONS, type LogFileOptions, LogWriter, type OpenLogFile } from './log-writer.ts';

/** Newest lines that a query without `tail` gets, and that a slow follower may be behind. */
const MAX_LINES = 10_000;

/** Logs as NDJSON: `logs/<deployment>/<source>.ndjson`, rotated by size. The time of a line is the order between sources. */
export class LogFiles implements Omit<Telemetry, 'metrics'> {
  readonly #home: Home;
  readonly #options: LogFileOptions;
  readonly #writers = new Map<string, ReadonlyMap<LogSource, LogWriter>>();
  readonly #lines = new EventEmitter<Record<string, [LogLine]>>().setMaxListeners(0);

  constructor(home: Home, options: Partial<LogFileOptions> = {}) {
    this.#home = home;
    this.#options = { ...LOG_FILE_OPTIONS, ...options };
  }

  log(deploymentId: string, line: LogLine): void {
    if (!isPathSegment(deploymentId)) {
      process.emitWarning(`a log line of "${deploymentId}" is left out: not a deployment id`, 'LogWarning');
      return;
    }
    this.#writersOf(deploymentId).get(line.source)?.write(line);
    this.#lines.emit(newLineOf(deploymentId), line);
  }

  /** Oldest first; the newest 10,000 without `tail`. @throws {HiveMindError} InvalidInput */
  async read(query: LogQuery): Promise<readonly LogLine[]> {
    const writers = this.#writersOf(checked(query.deploymentId));
    const limit = Math.min(query.tail ?? MAX_LINES, MAX_LINES);
    const bySource = await Promise.all(
      (query.sources ?? LOG_SOURCES).map(async (source) =>
        lastLines((await writers.get(source)?.openFiles()) ?? [], query.name, limit),
      ),
    );
    const lines = bySource.flat().sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    return limit > 0 ? lines.slice(-limit).map(shown) : [];
  }

  /** @throws {HiveMindError} InvalidInput */
  async *follow(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    const { deploymentId, sources = LOG_SOURCES, name } = query;
    const live = new LiveLines(MAX_LINES);
    const onLine = (line: LogLine): void => {
      if (sources.includes(line.source) && (name === undefined || name === line.name)) live.push(line);
    };
    // In one go: `read` fixes what is history before it waits for anything, so that nothing falls between the two.
    const history = this.read(query);
    this.#lines.on(newLineOf(deploymentId), onLine);
    try {
      for (const line of await history) {
        if (signal.aborted) return;
        yield line;
      }
      for await (const line of live.read(signal)) yield shown(line);
    } finally {
      this.#lines.off(newLineOf(deploymentId), onLine);
    }
  }

  /** @throws {HiveMindError} InvalidInput */
  async forget(deploymentId: string): Promise<void> {
    const writers = this.#writersOf(checked(deploymentId));
    await Promise.all([...writers.values()].map((writer) => writer.discard()));
    this.#writers.delete(deploymentId);
    await rm(this.#home.folder('logs', deploymentId), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Resolves when everything logged is in the files, or lost. */
  async flush(): Promise<void> {
    const writers = [...this.#writers.values()].flatMap((bySource) => [...bySource.values()]);
    await Promise.all(writers.map((writer) => writer.flush()));
  }

  async close(): Promise<void> {
    await this.flush();
  }

  #writersOf(deploymentId: string): ReadonlyMap<LogSource, LogWriter> {
    const known = this.#writers.get(deploymentId);
    if (known) return known;
    const writers = new Map(
      LOG_SOURCES.map((source) => {
        const file = this.#home.folder('logs', deploymentId, `${source}.ndjson`);
        return [source, new LogWriter(file, this.#options)];
      }),
    );
    this.#writers.set(deploymentId, writers);
    return writers;
  }
}

const checked = (deploymentId: string): string => pathSegment(deploymentId, 'a deployment id');

/** Name of the event; never one that emitters treat specially. */
const newLineOf = (deploymentId: string): string => `line of ${deploymentId}`;

const shown = (line: LogLine): LogLine => ({ ...line, text: logText(line.text) });

/** The last lines, of one name if it is given, oldest first; closes the files. */
async function lastLines(
  files: readonly OpenLogFile[],
  name: string | undefined,
  limit: number,
): Promise<readonly LogLine[]> {
  const found: LogLine[] = [];
  try {
    for (const file of files) {
      for await (const block of linesBackwards(file)) {
        for (const text of block) {
          if (found.length >= limit) return found.reverse();
          const line = parsed(text);
          if (line && (name === undefined || line.name === name)) found.push(line);
        }
      }
    }
    return found.reverse();
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()));
  }
}

/** Undefined for a line that is damaged, such as one that a killed server wrote half of. */
function parsed(text: string): LogLine | undefined {
  try {
    return logLineShape.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
