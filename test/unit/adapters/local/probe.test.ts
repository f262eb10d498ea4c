import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { homeFrom } from '../../../../src/adapters/local/home.ts';
import { localProbe } from '../../../../src/adapters/local/probe.ts';
import { localSecrets } from '../../../../src/adapters/local/secrets.ts';
import type { Secrets } from '../../../../src/ports/secrets.ts';

const secretsWith = (values: Readonly<Record<string, string>>): Secrets => ({
  put: async () => 'secret:x/y@z',
  get: async () => values,
  removeAll: async () => undefined,
  list: async () => [],
});

async function sqlAgainst(onConnection: (socket: Socket) => void, timeoutMilliseconds: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const secrets = secretsWith({ DATABASE_URL: `postgresql://app:hunter2@127.0.0.1:${port}/shop` });
  const outcome = await localProbe(secrets).sql(
    { secret: 'secret:x/y@z', computeStack: 'shop-1-compute-blue' },
    timeoutMilliseconds,
  );
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return outcome;
}

test('fails with no answer from a silent database', async () => {
  const outcome = await sqlAgainst((socket) => socket.resume(), 100);

  expect(outcome).toMatchObject({ reached: false, reason: 'no answer within 0.1 s' });
});

test('fails with a database that closes the connection', async () => {
  const outcome = await sqlAgainst((socket) => socket.destroy(), 30_000);

  expect(outcome).toMatchObject({ reached: false, reason: 'the connection was closed before an answer' });
});

test('fails with a secret of something else', async () => {
  const outcome = await localProbe(secretsWith({ TOKEN: 'x' })).sql(
    { secret: 'secret:x/y@z', computeStack: 'shop-1-compute-blue' },
    100,
  );

  expect(outcome).toMatchObject({ reached: false, reason: 'the secret holds no DATABASE_URL' });
});

test('fails with SecretNotFound for an unknown secret', async () => {
  const probe = localProbe(localSecrets(homeFrom({ HIVEMIND_HOME: '/nonexistent' })));
  const database = { secret: 'secret:none/database@00', computeStack: 'none' };

  await expect(probe.sql(database, 100)).rejects.toMatchObject({ name: 'SecretNotFound' });
});
