import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { Room } from './room.js';

const HEARTBEAT_MILLISECONDS = 20_000;
/** A client that does not answer the goodbye is not waited for any longer. */
const CLOSE_MILLISECONDS = 2_000;

const asset = (name, type) => ({ type, body: readFileSync(new URL(`public/${name}`, import.meta.url)) });
const assets = {
  '/': asset('index.html', 'text/html; charset=utf-8'),
  '/chat.js': asset('chat.js', 'text/javascript; charset=utf-8'),
  '/style.css': asset('style.css', 'text/css; charset=utf-8'),
  '/icon.svg': asset('icon.svg', 'image/svg+xml'),
};
const room = new Room();
const instance = process.env.HIVEMIND_INSTANCE ?? null;

const server = createServer((request, response) => {
  const path = request.url.split('?', 1)[0];
  if (path === '/health') return json(response, 200, { status: 'ok', instance, people: room.size });
  if (!Object.hasOwn(assets, path)) return json(response, 404, { error: 'there is nothing here' });
  const { type, body } = assets[path];
  response
    .writeHead(200, {
      'content-type': type,
      'content-security-policy':
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'",
      'cache-control': 'no-cache',
    })
    .end(body);
});

const sockets = new WebSocketServer({ server, path: '/chat', maxPayload: 8192 });
sockets.on('connection', (socket) => {
  socket.isAlive = true;
  socket.on('pong', () => {
    socket.isAlive = true;
  });
  socket.send(JSON.stringify({ type: 'instance', instance, release: process.env.HIVEMIND_RELEASE ?? null }));
  room.join(socket);
});
const heartbeat = setInterval(dropTheSilent, HEARTBEAT_MILLISECONDS);

/** Connections that vanished without a word are noticed by a ping that stays without an answer. */
function dropTheSilent() {
  for (const socket of sockets.clients) {
    if (!socket.isAlive) socket.terminate();
    socket.isAlive = false;
    socket.ping();
  }
}

function json(response, status, value) {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(value));
}

/** Says goodbye to everybody, then ends. */
function stop() {
  clearInterval(heartbeat);
  server.close();
  room.close();
  setTimeout(() => room.cut(), CLOSE_MILLISECONDS).unref();
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
const port = Number(process.env.PORT ?? 3000);
server.listen(port, process.env.HOST, () => console.log(`the chat is open on port ${port}`));
