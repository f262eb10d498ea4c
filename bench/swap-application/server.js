/** The application of the swap benchmark. What it is like is in `variant.json`, so that a release is a commit. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const WORK_MILLISECONDS = 20;
const TICK_MILLISECONDS = 250;
const WEB_SOCKET_KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** `fault`: exit, unhealthy, errors, late-errors, unverified, slow; absent for a release that is well. */
const {
  version,
  startSeconds = 0,
  fault,
} = JSON.parse(readFileSync(new URL('./variant.json', import.meta.url), 'utf8'));
/** A swap of the benchmark has given it all traffic by then, and still bakes. */
const LATE_MILLISECONDS = 11_000;
let firstRequestAt;

if (fault === 'exit') {
  console.error('Error: this release does not start');
  process.exit(3);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const seconds = Number(searchParams.get('seconds'));
  response.setHeader('x-version', version);
  if (pathname === '/health') response.writeHead(isWell(request) ? 200 : 500).end();
  else if (pathname === '/long') setTimeout(() => response.end('done'), seconds * 1000);
  else if (pathname === '/events') sendEvents(response, seconds);
  else if (pathname === '/upload') receive(request, response);
  else if (pathname === '/work') work(response);
  else response.end(version);
});

function isWell({ headers }) {
  if (fault === 'unverified')
    return headers['user-agent']?.startsWith('HiveMind-HealthChecker') || !firstRequestAt;
  return fault !== 'unhealthy';
}

function work(response) {
  firstRequestAt ??= performance.now();
  const isLate = performance.now() - firstRequestAt > LATE_MILLISECONDS;
  if (fault === 'errors' || (fault === 'late-errors' && isLate)) response.writeHead(500).end();
  else setTimeout(() => response.end(version), WORK_MILLISECONDS * (fault === 'slow' ? 2 : 1));
}

function receive(request, response) {
  const hash = createHash('sha256');
  request.on('data', (chunk) => hash.update(chunk));
  request.on('end', () => response.end(hash.digest('hex')));
}

function sendEvents(response, seconds) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  repeat(
    seconds,
    () => response.write('data: tick\n\n'),
    () => response.end('data: end\n\n'),
  );
}

server.on('upgrade', (request, socket) => {
  const seconds = Number(new URL(request.url, 'http://localhost').searchParams.get('seconds'));
  const accept = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + WEB_SOCKET_KEY)
    .digest('base64');
  socket.on('error', () => socket.destroy());
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  repeat(
    seconds,
    () => socket.write(textFrame('tick')),
    () => socket.end(textFrame('end')),
  );
});

const textFrame = (text) => Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);

function repeat(seconds, tick, end) {
  const timer = setInterval(tick, TICK_MILLISECONDS);
  setTimeout(() => {
    clearInterval(timer);
    end();
  }, seconds * 1000);
}

setTimeout(() => server.listen(process.env.PORT), startSeconds * 1000);
