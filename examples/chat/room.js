import { WebSocket } from 'ws';

const HISTORY_MESSAGES = 50;
const NAME_LIMIT = 40;
const TEXT_LIMIT = 500;
/** A client may send this many messages at once, and one more each second. */
const BURST_MESSAGES = 8;
const MAX_WAITING_BYTES = 262_144;

/** Everybody connected to this process, and the last things said. */
export class Room {
  #clients = new Map();
  #history = [];
  #lastId = 0;

  get size() {
    return this.#clients.size;
  }

  join(socket) {
    this.#clients.set(socket, { credit: BURST_MESSAGES, at: Date.now() });
    send(socket, { type: 'welcome', messages: this.#history });
    this.#announce();
    socket.on('message', (data) => this.#hear(socket, data));
    socket.on('close', () => this.#leave(socket));
    socket.on('error', (error) => console.error(`a connection failed: ${error.message}`));
  }

  /** Asks every client to connect again, which the load balancer answers with another instance. */
  close() {
    for (const socket of this.#clients.keys()) socket.close(1001, 'this instance is stopping');
  }

  cut() {
    for (const socket of this.#clients.keys()) socket.terminate();
  }

  #hear(socket, data) {
    const said = readMessage(data);
    if (said === undefined || !this.#mayTalk(socket)) return;
    const message = { id: ++this.#lastId, ...said, at: new Date().toISOString() };
    this.#history = [...this.#history, message].slice(-HISTORY_MESSAGES);
    this.#broadcast({ type: 'message', message });
  }

  #mayTalk(socket) {
    const client = this.#clients.get(socket);
    const now = Date.now();
    client.credit = Math.min(BURST_MESSAGES, client.credit + (now - client.at) / 1000);
    client.at = now;
    if (client.credit < 1) {
      send(socket, { type: 'slow-down' });
      return false;
    }
    client.credit -= 1;
    return true;
  }

  #leave(socket) {
    this.#clients.delete(socket);
    this.#announce();
  }

  #announce() {
    this.#broadcast({ type: 'people', count: this.size });
  }

  #broadcast(event) {
    for (const socket of this.#clients.keys()) send(socket, event);
  }
}

/** Name and text of a message, or undefined when it is not one. */
function readMessage(data) {
  let input;
  try {
    input = JSON.parse(data.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof input?.name !== 'string' || typeof input?.text !== 'string') return undefined;
  const name = input.name.trim().slice(0, NAME_LIMIT);
  const text = input.text.trim().slice(0, TEXT_LIMIT);
  return name === '' || text === '' ? undefined : { name, text };
}

/** A client that does not read is cut off rather than remembered for. */
function send(socket, event) {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate();
  else socket.send(JSON.stringify(event));
}
