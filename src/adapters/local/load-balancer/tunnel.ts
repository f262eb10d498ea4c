import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface TunnelOptions {
  readonly response: ServerResponse;
  readonly upstream: Duplex;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  readonly idleTimeoutMilliseconds: number;
}

/** Confirms the upgrade to the client; from then on bytes pass both ways until one side ends or both are silent for too long. */
export function openTunnel({ response, upstream, headers, idleTimeoutMilliseconds }: TunnelOptions): void {
  const client = response.socket;
  if (client === null || client.destroyed) {
    upstream.destroy();
    return;
  }
  response.detachSocket(client);
  client.write(upgradeHead(headers), 'latin1');
  client.setNoDelay(true);
  client.setTimeout(idleTimeoutMilliseconds, () => client.destroy());
  endTogether(client, upstream);
  endTogether(upstream, client);
  upstream.pipe(client);
  client.pipe(upstream);
}

function upgradeHead(headers: readonly string[]): string {
  let head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  for (let index = 0; index < headers.length; index += 2)
    head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${head}\r\n`;
}

/** What arrived before the end is still delivered; a connection that broke breaks the other. */
function endTogether(one: Duplex, other: Duplex): void {
  one.on('error', () => one.destroy());
  one.once('close', () => {
    if (one.readableEnded && other instanceof Socket) other.destroySoon();
    else other.destroy();
  });
}
