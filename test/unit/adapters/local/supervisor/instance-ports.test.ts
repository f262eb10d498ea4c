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

  test('of an application that insists on one are that one, for one instance', async () => {
    const ports = new InstancePorts({ first: FIRST + 12, last: FIRST + 13 }, [FIRST + 13]);
    expect(await ports.takeThis(FIRST + 14)).toBe(FIRST + 14);
    await expect(ports.takeThis(FIRST + 14)).rejects.toMatchObject({
      code: 'PortInUse',
      message: expect.stringContaining('another instance'),
    });
    await expect(ports.takeThis(FIRST + 13)).rejects.toMatchObject({ code: 'PortInUse' });
    ports.release(FIRST + 14);
    expect(await ports.takeThis(FIRST + 14)).toBe(FIRST + 14);
  });

  test('fails with PortInUse when another program has the port that an application insists on', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(FIRST + 15, '127.0.0.1', resolve));
    const ports = new InstancePorts({ first: FIRST + 16, last: FIRST + 16 }, []);
    try {
      await expect(ports.takeThis(FIRST + 15)).rejects.toMatchObject({
        code: 'PortInUse',
        message: expect.stringContaining('another program'),
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await ports.takeThis(FIRST + 15)).toBe(FIRST + 15);
  });
});
