import type * as z from 'zod';
import { HiveMindError, systemErrorCode } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { actor } from './actor.ts';
import { isUnreachable, parsed, refusal, streamed, unreachable } from './answers.ts';
import type { Connection } from './connection.ts';
import { jsonLines } from './json-lines.ts';
import { type LoopbackAnswer, requestLoopback } from './loopback-request.ts';
import { ensureServer, findServer, hasState, type RunningServer } from './server-process.ts';

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** The server on this machine, over loopback HTTP. */
export class ServerConnection implements Connection {
  readonly #context: CommandContext;
  #server: RunningServer;

  private constructor(context: CommandContext, server: RunningServer) {
    this.#context = context;
    this.#server = server;
  }

  /** Starts a server when none runs. @throws {HiveMindError} ServerUnreachable */
  static async open(context: CommandContext): Promise<ServerConnection> {
    return new ServerConnection(context, await ensureServer(context.session, context.home));
  }

  /** Starts a server when none runs, which freezes everything before anything else. @throws {HiveMindError} ServerUnreachable */
  static async openFrozen(context: CommandContext, reason: string): Promise<ServerConnection> {
    // One word each: a reason that starts with a dash is no option.
    const args = [`--freeze=${reason}`, `--actor=${actor()}`];
    return new ServerConnection(context, await ensureServer(context.session, context.home, args));
  }

  /** Without a server and without state there is nothing to read, and nothing is started. */
  static async openForReading(context: CommandContext): Promise<ServerConnection | undefined> {
    return (await hasState(context.home))
      ? await ServerConnection.open(context)
      : await ServerConnection.openRunning(context);
  }

  /** Never starts a server. */
  static async openRunning(context: CommandContext): Promise<ServerConnection | undefined> {
    const server = await findServer(context.home);
    return server && new ServerConnection(context, server);
  }

  get server(): RunningServer {
    return this.#server;
  }

  /** After the connection broke: finds the server that took over, or starts one. @throws {HiveMindError} ServerUnreachable */
  async reopen(): Promise<void> {
    this.#server = await ensureServer(this.#context.session, this.#context.home);
  }

  /** A read is safe to repeat, so it survives a server that goes away at that moment. */
  async get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    try {
      return await this.#json(path, {}, shape);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      await this.reopen();
      return await this.#json(path, {}, shape);
    }
  }

  /** Repeated only when the first attempt certainly did not arrive. */
  async send<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    shape: z.ZodType<T>,
  ): Promise<T> {
    try {
      return await this.#json(path, { method, body }, shape);
    } catch (error) {
      if (!isUnreachable(error) || !wasRefused(error.cause)) throw error;
      await this.reopen();
      return await this.#json(path, { method, body }, shape);
    }
  }

  async order(path: string): Promise<void> {
    const answer = await this.#request(path, { method: 'POST' });
    answer.body.resume();
  }

  async *stream<T>(path: string, shape: z.ZodType<T>, signal: AbortSignal): AsyncGenerator<T> {
    const answer = await this.#request(path, { signal });
    try {
      for await (const value of jsonLines(answer.body)) yield streamed(shape, value, path);
    } catch (error) {
      if (error instanceof HiveMindError) throw error;
      throw unreachable(error);
    }
  }

  async #json<T>(path: string, options: RequestOptions, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.#request(path, options);
    try {
      return parsed(shape, JSON.parse(await answer.text()), path);
    } catch (error) {
      if (error instanceof HiveMindError) throw error;
      throw unreachable(error);
    }
  }

  async #request(path: string, { method = 'GET', body, signal }: RequestOptions): Promise<LoopbackAnswer> {
    const headers = {
      authorization: `Bearer ${this.#server.token}`,
      'x-hivemind-actor': actor(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const answer = await requestLoopback(`${this.#server.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => {
      throw unreachable(error);
    });
    if (answer.ok) return answer;
    const text = await answer.text().catch((error: unknown) => {
      throw unreachable(error);
    });
    throw refusal(answer.status, text, `${method} ${path}`);
  }
}

const wasRefused = (cause: unknown): boolean => systemErrorCode(cause) === 'ECONNREFUSED';
