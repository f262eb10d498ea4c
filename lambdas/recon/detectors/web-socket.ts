import type { Detector } from '../detector-context.ts';
import { observe, SURE } from '../observation.ts';

const SERVER_PACKAGES = [
  'socket.io',
  '@fastify/websocket',
  'fastify-websocket',
  'express-ws',
  'koa-websocket',
  '@hono/node-ws',
  '@nestjs/websockets',
  'websocket',
  'graphql-ws',
  'sockjs',
  'primus',
  'uWebSockets.js',
  'y-websocket',
  'peer',
  'engine.io',
];
const SERVER =
  /\bnew (?:WebSocketServer|WebSocket\.Server|[wW][sS]\.Server) {0,4}\(|\.on {0,4}\( {0,4}['"]upgrade['"]|\bSec-WebSocket-Accept\b|\bnoServer {0,4}:/gi;
const CLIENT = /\bnew (?:WebSocket|WS) {0,4}\(/g;

/** Whether the main process answers WebSocket upgrades. `ws` is a client as often as a server: its use decides. */
export const detectWebSocket: Detector = async ({ packageJson, entry }) => {
  const { scan } = entry;
  const server = scan.first(SERVER);
  if (server) return [observe('webSocket', true, SURE.stated, scan.evidence(server, server.match[0].trim()))];
  const installed = SERVER_PACKAGES.find((name) => packageJson?.runtimeDependency(name));
  const evidence =
    installed === undefined
      ? packageJson?.runtimeDependency('ws')
      : packageJson?.runtimeDependency(installed);
  if (!evidence) return [];
  if (installed !== undefined) return [observe('webSocket', true, SURE.clear, evidence)];
  const client = scan.first(CLIENT);
  if (client)
    return [observe('webSocket', false, SURE.likely, scan.evidence(client, 'ws is used as a client'))];
  return [observe('webSocket', true, SURE.likely, evidence)];
};
