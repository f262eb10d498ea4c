import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { HiveMindError } from '../../../domain/errors.ts';
import { inMebibytes, tooLarge } from '../../anywhere/source/source-size.ts';
import { type AddressRule, assertPublicHost, publicLookup } from './public-address.ts';

export interface GitCredentials {
  readonly username: string;
  readonly password: string;
}

export interface GitHttpOptions extends AddressRule {
  /** Asked when a host wants to know who we are. */
  readonly credentialsFor: (host: string) => Promise<GitCredentials | undefined>;
  /** Of one answer: a pack, or a list of refs. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const MAX_REDIRECTS = 3;
const IDLE_MILLISECONDS = 30_000;
/** What the first request of the protocol asks for, and what a redirect of it must keep (as git itself demands). */
const INFO_REFS = '/info/refs?service=git-upload-pack';

/**
 * HTTPS for isomorphic-git, which leaves to us: where connections may lead, also after a redirect and whatever a name resolves
 * to; who is told a password; how much may come; and when to give up.
 */
export class GitHttp implements HttpClient {
  readonly #options: GitHttpOptions;
  readonly #credentials = new Map<string, GitCredentials>();
  /** Where the repository has moved to: `[from, to]`. */
  #moved: readonly [string, string] | undefined;
  #failure: unknown;

  constructor(options: GitHttpOptions) {
    this.#options = options;
  }

  /** The first failure of a connection; isomorphic-git reports some of them as something else. */
  get failure(): unknown {
    return this.#failure;
  }

  request = async (asked: GitHttpRequest): Promise<GitHttpResponse> => {
    try {
      return await this.#exchange(asked, this.#current(asked.url), MAX_REDIRECTS);
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  };

  #current(url: string): URL {
    const [from, to] = this.#moved ?? ['', ''];
    return new URL(from !== '' && url.startsWith(from) ? `${to}${url.slice(from.length)}` : url);
  }

  async #exchange(asked: GitHttpRequest, url: URL, redirectsLeft: number): Promise<GitHttpResponse> {
    assertPublicHost(url, this.#options);
    const answer = await this.#send(asked, url);
    const status = answer.statusCode ?? 0;
    if (status === 401 && !this.#credentials.has(url.origin) && (await this.#learnCredentials(url))) {
      answer.resume();
      return this.#exchange(asked, url, redirectsLeft);
    }
    const location = answer.headers.location;
    if (status < 300 || status >= 400 || location === undefined) return this.#response(url, answer);
    answer.resume();
    const target = this.#redirected(asked, url, location);
    if (redirectsLeft === 0) throw unreachable(`${url.origin} redirects too often`);
    return this.#exchange(asked, target, redirectsLeft - 1);
  }

  /** Only the first request may be redirected, and only to the same service elsewhere: all that follow go there too. */
  #redirected(asked: GitHttpRequest, from: URL, location: string): URL {
    const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    const isAllowed =
      target?.protocol === 'https:' || (target?.protocol === 'http:' && from.protocol === 'http:');
    if (!target || !isAllowed || target.username !== '' || target.password !== '') {
      throw unsafeRedirect(from, 'an address that is not allowed');
    }
    assertPublicHost(target, this.#options);
    if (!asked.url.endsWith(INFO_REFS) || !target.href.endsWith(INFO_REFS)) {
      throw unsafeRedirect(from, 'something that is not the same repository elsewhere');
    }
    this.#moved = [asked.url.slice(0, -INFO_REFS.length), target.href.slice(0, -INFO_REFS.length)];
    return target;
  }

  async #learnCredentials(url: URL): Promise<boolean> {
    const credentials = await this.#options.credentialsFor(url.hostname);
    if (credentials) this.#credentials.set(url.origin, credentials);
    return credentials !== undefined;
  }

  async #send({ method = 'GET', headers, body }: GitHttpRequest, url: URL): Promise<IncomingMessage> {
    const credentials = this.#credentials.get(url.origin);
    const contents = await collected(body);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = send(url, {
        method,
        headers: {
          ...headers,
          'user-agent': 'git/hivemind',
          ...(credentials && { authorization: basic(credentials) }),
          ...(contents && { 'content-length': contents.length }),
        },
        lookup: publicLookup(this.#options),
        signal: this.#options.signal,
      });
      outgoing.setTimeout(IDLE_MILLISECONDS, () =>
        outgoing.destroy(unreachable(`${url.host} has stopped to answer`)),
      );
      outgoing.once('response', resolve);
      outgoing.once('error', (error) => reject(connectionFailure(url, error)));
      outgoing.end(contents);
    });
  }

  #response(url: URL, answer: IncomingMessage): GitHttpResponse {
    const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return {
      url: url.href,
      method: answer.method ?? '',
      statusCode: answer.statusCode ?? 0,
      statusMessage: answer.statusMessage ?? '',
      headers: Object.fromEntries(headers),
      body: this.#limited(url, answer),
    };
  }

  async *#limited(url: URL, answer: IncomingMessage): AsyncGenerator<Uint8Array, void> {
    const { maxBytes } = this.#options;
    let bytes = 0;
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLarge(`more than ${inMebibytes(maxBytes)} MiB`);
        yield chunk;
      }
    } catch (error) {
      this.#failure ??= connectionFailure(url, error);
      throw this.#failure;
    }
  }
}

async function collected(body: GitHttpRequest['body']): Promise<Buffer | undefined> {
  if (body === undefined) return undefined;
  // isomorphic-git hands over a plain array, whatever its types say.
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const basic = ({ username, password }: GitCredentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function connectionFailure(url: URL, error: unknown): unknown {
  if (error instanceof HiveMindError) return error;
  return unreachable(
    `${url.host} cannot be reached (${error instanceof Error ? error.message : error})`,
    error,
  );
}

const unreachable = (message: string, cause?: unknown): HiveMindError =>
  new HiveMindError('SourceUnreachable', message, {
    hint: 'check the address, then run the command again; a server in a private network is deployed from a local clone',
    cause,
  });

const unsafeRedirect = (from: URL, to: string): HiveMindError =>
  new HiveMindError('UnsafeSource', `${from.origin} redirects to ${to}`, {
    hint: 'name the address that it leads to, with https://',
  });
