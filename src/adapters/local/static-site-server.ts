/**
 * Serves the files of a folder on 127.0.0.1:$PORT: `node static-site-server.ts DIRECTORY [FALLBACK]`. It is the process of a
 * static site and imports nothing else of HiveMind, so that it starts fast and stays small.
 */
import { readdirSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join, posix, sep } from 'node:path';
import sirv from 'sirv';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Folders that bundlers fill with files whose names change with their contents (Vite, CRA, Next.js, Astro, Nuxt, SvelteKit). */
const BUNDLE_FOLDER = /\/(?:assets|static|_astro|_nuxt|_app)\//;
/**
 * A name that ends in a hash, hexadecimal or base64: with digits and letters, in both cases unless hexadecimal. Hashes that
 * look like a word are taken for one: to ask again costs little, an outdated file that is kept for ever is a failure.
 */
const HASHED_NAME =
  /[.-](?:(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}|(?=\w*[a-z])(?=\w*[A-Z])(?=\w*[0-9])\w{8,64})\.[a-z0-9]+$/;
const YEAR_SECONDS = 31_536_000;
const COMPRESSED = /\.(?:gz|br)$/;

/**
 * Answers GET and HEAD with the files of `directory`; for unknown paths that do not look like a file with `fallback` if there
 * is one, else with 404 and the site's own 404.html.
 */
export function staticSite(directory: string, fallback: string | undefined): Handler {
  const files = sirv(directory, { etag: true, gzip: true, brotli: true, setHeaders });
  const folders = foldersWithIndex(directory);
  const notFound = notFoundPage(directory);
  return (request, response) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, { Allow: 'GET, HEAD' }, 'Method not allowed\n');
    }
    const { path, query } = target(request);
    if (folders.has(path)) return answer(response, 301, { Location: `${encodeURI(path)}/${query}` }, '');
    files(request, response, () => {
      if (fallback === undefined || looksLikeFile(path)) return notFound(response);
      request.url = encodeURI(posix.join('/', fallback));
      files(request, response, () => notFound(response));
    });
  };
}

/** Called by sirv when it has found the file and before it reads the range: the place to mend both. */
function setHeaders(response: ServerResponse, path: string, stats: Stats): void {
  const isForever = BUNDLE_FOLDER.test(path) && HASHED_NAME.test(path);
  response.setHeader('Cache-Control', isForever ? `public,max-age=${YEAR_SECONDS},immutable` : 'no-cache');
  if (COMPRESSED.test(path)) {
    // Asked for by its name, a compressed file is the content and not its encoding.
    response.setHeader('Content-Encoding', 'identity');
    response.setHeader(
      'Content-Type',
      path.endsWith('.gz') ? 'application/gzip' : 'application/octet-stream',
    );
  }
  const { headers } = response.req;
  const range = validRange(headers.range, stats.size);
  const ifRange = headers['if-range'];
  // A weak entity tag cannot prove that the rest belongs to the part that the client has (RFC 9110, 13.1.5).
  const isUnchanged = ifRange === undefined || ifRange === stats.mtime.toUTCString();
  if (range !== undefined && isUnchanged) headers.range = range;
  else delete headers.range;
}

/** One range in the form that sirv reads; a list of ranges or nonsense may be ignored (RFC 9110, 14.2). */
function validRange(range: string | undefined, size: number): string | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') ?? [];
  if (first === '') return last === '' ? undefined : `bytes=${Math.max(0, size - Number(last))}-`;
  return last !== '' && Number(last) < Number(first) ? undefined : `bytes=${first}-${last}`;
}

/** Paths without a final slash of folders that have an index: relative links work only from the path with the slash. */
function foldersWithIndex(directory: string): ReadonlySet<string> {
  const files = new Set(readdirSync(directory, { recursive: true, encoding: 'utf8' }));
  return new Set(
    [...files]
      .filter((file) => file.endsWith(`${sep}index.html`))
      .map((file) => file.slice(0, -`${sep}index.html`.length))
      .filter((folder) => !files.has(`${folder}.html`) && !/(?:^|[/\\])\.(?!well-known)/.test(folder))
      .map((folder) => `/${folder.replaceAll(sep, '/').normalize()}`),
  );
}

function notFoundPage(directory: string): (response: ServerResponse) => void {
  const hasPage = readdirSync(directory).includes('404.html');
  const page = hasPage ? readFileSync(join(directory, '404.html')) : 'Not found\n';
  const type = hasPage ? 'text/html;charset=utf-8' : 'text/plain;charset=utf-8';
  return (response) => answer(response, 404, { 'Content-Type': type, 'Cache-Control': 'no-cache' }, page);
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function target({ url = '/' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const start = url.indexOf('?');
  const path = start === -1 ? url : url.slice(0, start);
  return { path: decoded(path), query: start === -1 ? '' : url.slice(start) };
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return path;
  }
}

const looksLikeFile = (path: string): boolean => path.slice(path.lastIndexOf('/')).includes('.');

/** The folder to serve: it and everything that links in it lead to has to be inside of the working directory. */
export function siteFolder(directory: string): string {
  const here = realpathSync('.');
  const check = (path: string): string => {
    const real = realpathSync(path);
    if (real === here || real.startsWith(here + sep)) return real;
    throw new Error(`"${path}" is outside of the application`);
  };
  const folder = check(directory);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isSymbolicLink()) check(join(entry.parentPath, entry.name));
  return folder;
}

function serve([directory = '.', fallback]: readonly string[]): void {
  const port = Number(process.env['PORT']);
  const server = createServer(staticSite(siteFolder(directory), fallback));
  // Longer than a load balancer keeps an idle connection: it must be the one that closes.
  server.keepAliveTimeout = 65_000;
  server.listen(port, '127.0.0.1', () => console.log(`serving ${directory} on port ${port}`));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close());
}

if (import.meta.main) serve(process.argv.slice(2));
