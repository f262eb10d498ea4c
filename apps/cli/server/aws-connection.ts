import { Readable } from 'node:stream';
import type * as z from 'zod';
import type { CommandContext } from '../command-context.ts';
import { actor } from './actor.ts';
import { parsed, refusal, streamed } from './answers.ts';
import type { Connection } from './connection.ts';
import { jsonLines } from './json-lines.ts';

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Answers a request of the API: the routes of the server, without a server. */
type Answer = (request: Request) => Response | Promise<Response>;

/** The control plane in the operator's AWS account, reached from this process with the operator's own credentials. */
export class AwsConnection implements Connection {
  readonly #answer: Answer;

  private constructor(answer: Answer) {
    this.#answer = answer;
  }

  /**
   * @throws {HiveMindError} NotSignedIn, CredentialsExpired, AccessDenied, InvalidInput: no region, ControlPlaneMissing,
   *   ControlPlaneOutdated
   */
  static async open({ home }: CommandContext): Promise<AwsConnection> {
    // The SDK is not small: who does not use AWS does not load it.
    const { openAwsControlPlane } = await import('../../api/aws-control-plane.ts');
    return new AwsConnection(await openAwsControlPlane(home));
  }

  async get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return await this.#json(path, {}, shape);
  }

  async send<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    shape: z.ZodType<T>,
  ): Promise<T> {
    return await this.#json(path, { method, body }, shape);
  }

  async order(path: string): Promise<void> {
    await this.#request(path, { method: 'POST' });
  }

  async *stream<T>(path: string, shape: z.ZodType<T>, signal: AbortSignal): AsyncGenerator<T> {
    const { body } = await this.#request(path, { signal });
    if (!body) return;
    const lines = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0], { signal });
    for await (const value of jsonLines(lines)) yield streamed(shape, value, path);
  }

  /** There is no connection that could break: every request is its own. */
  async reopen(): Promise<void> {
    return undefined;
  }

  async #json<T>(path: string, options: RequestOptions, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.#request(path, options);
    return parsed(shape, await answer.json(), path);
  }

  async #request(path: string, { method = 'GET', body, signal }: RequestOptions): Promise<Response> {
    const answer = await this.#answer(
      new Request(`http://control-plane${path}`, {
        method,
        headers: { 'x-hivemind-actor': actor(), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      }),
    );
    if (answer.ok) return answer;
    throw refusal(answer.status, await answer.text(), `${method} ${path}`);
  }
}
