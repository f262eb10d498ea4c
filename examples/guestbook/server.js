import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Entries, readEntry } from './entries.js';
import { page } from './page.js';

const MAX_BODY_BYTES = 16_384;
const SHOWN_ENTRIES = 50;

const port = Number(process.env.PORT ?? 3000);
const release = {
  number: process.env.HIVEMIND_RELEASE,
  commit: process.env.HIVEMIND_COMMIT,
  instance: process.env.HIVEMIND_INSTANCE,
};
const asset = (name, type) => ({ type, body: readFileSync(new URL(`public/${name}`, import.meta.url)) });
const assets = {
  '/style.css': asset('style.css', 'text/css; charset=utf-8'),
  '/icon.svg': asset('icon.svg', 'image/svg+xml'),
};

if (!process.env.DATABASE_URL) {
  console.error('DATABASE_URL is not set: it names the PostgreSQL database that keeps the entries');
  process.exit(1);
}
const entries = new Entries(process.env.DATABASE_URL);

const routes = {
  'GET /': async (_request, response) => html(response, 200, await pageFacts()),
  'POST /': signByForm,
  'GET /api/entries': async (_request, response) =>
    json(response, 200, { entries: await entries.newest(SHOWN_ENTRIES), release }),
  'POST /api/entries': signByApi,
  'GET /health': health,
};

const server = createServer(async (request, response) => {
  try {
    const pathname = request.url.split('?', 1)[0];
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method === 'GET' && Object.hasOwn(assets, pathname)) return sendAsset(response, assets[pathname]);
    const route = `${method} ${pathname}`;
    if (Object.hasOwn(routes, route)) await routes[route](request, response);
    else json(response, 404, { error: `there is nothing at ${method} ${pathname}` });
  } catch (error) {
    fail(response, error);
  }
});

async function signByForm(request, response) {
  const { entry, problems } = readEntry(Object.fromEntries(new URLSearchParams(await body(request))));
  if (Object.keys(problems).length > 0) {
    return html(response, 422, { ...(await pageFacts()), entry, problems });
  }
  await entries.add(entry);
  response.writeHead(303, { location: '/' }).end();
}

async function signByApi(request, response) {
  const { entry, problems } = readEntry(parseObject(await body(request)));
  if (Object.keys(problems).length > 0) return json(response, 422, { problems });
  json(response, 201, await entries.add(entry));
}

async function health(_request, response) {
  try {
    await entries.check();
    json(response, 200, { status: 'ok', release });
  } catch (error) {
    json(response, 503, { status: 'database unavailable', reason: error.message });
  }
}

async function pageFacts() {
  const [newest, count] = await Promise.all([entries.newest(SHOWN_ENTRIES), entries.count()]);
  return { entries: newest, count, release };
}

function html(response, status, facts) {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'",
    'cache-control': 'no-store',
  };
  response.writeHead(status, headers).end(page(facts));
}

function json(response, status, value) {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(value));
}

function sendAsset(response, { type, body }) {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=300' }).end(body);
}

/** An error that is the visitor's to mend: its status and message may be shown. */
class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function body(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new RequestError(413, 'that is too long');
  }
  return text;
}

function parseObject(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new RequestError(400, 'the body is not JSON');
  }
}

function fail(response, error) {
  if (!(error instanceof RequestError)) console.error(error);
  if (response.headersSent) return response.destroy();
  const status = error instanceof RequestError ? error.status : 500;
  json(response, status, {
    error: status === 500 ? 'the guestbook could not answer, please try again' : error.message,
  });
}

/** Finishes the requests under way, then ends. */
function stop() {
  server.close(() => entries.close());
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
server.listen(port, process.env.HOST, () => console.log(`the guestbook is open on port ${port}`));
