import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { InstancePorts } from '../../../../../src/adapters/local/supervisor/instance-ports.ts';

const FIRST = 31_200;

describe('instance ports', () => {
  test('are given to one instance only', async () => {
    const ports = new InstancePorts({ first: FIRST, last: FIRST + 9 }, [FIRST + 3]);
    const given = await Promise.all(Array.from({ length: 9 }, () => ports.take()));
    expect(new Set(given).size).toBe(9);
    expect(given).not.toContain(FIRST + 3);
  });

  test('come back when released', async () => {
    const ports = new InstancePorts({ first: FIRST + 10, last: FIRST + 10 }, []);
    const port = await ports.take();
    await expect(ports.take()).rejects.toMatchObject({ code: 'NoFreePort' });
    ports.release(port);
    expect(await ports.take()).toBe(port);
  });

  test('fails with NoFreePort when others use them', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(FIRST + 11, '127.0.0.1', resolve));
    try {
      const ports = new InstancePorts({ first: FIRST + 11, last: FIRST + 11 }, []);
      await expect(ports.take()).rejects.toMatchObject({ code: 'NoFreePort' });
    } finally {
      server.close();
    }
  });
});
