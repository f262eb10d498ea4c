import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LogLine } from '../../src/domain/log-line.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';

/** Not long ago: there are stores that keep no lines of another year. */
const time = new Date().toISOString();

const line = (text: string, change: Partial<LogLine> = {}): LogLine => ({
  time,
  source: 'instance',
  name: 'i-1',
  text,
  ...change,
});

/** What every Telemetry does. */
export function telemetryContract(open: () => Promise<Telemetry>): void {
  let telemetry: Telemetry;
  beforeEach(async () => {
    telemetry = await open();
  });

  const texts = async (query: Parameters<Telemetry['read']>[0]) =>
    (await telemetry.read(query)).map(({ text }) => text);

  describe('logs', () => {
    test('are read in their order by source and name', async () => {
      telemetry.log('shop-1', line('one'));
      telemetry.log('shop-1', line('two', { name: 'i-2' }));
      telemetry.log('shop-1', line('npm', { source: 'build', name: 'install' }));
      telemetry.log('other-1', line('not mine'));
      expect(await texts({ deploymentId: 'shop-1', sources: ['instance'] })).toEqual(['one', 'two']);
      expect(await texts({ deploymentId: 'shop-1', sources: ['build'] })).toEqual(['npm']);
      expect(await texts({ deploymentId: 'shop-1', name: 'i-2' })).toEqual(['two']);
      expect(await texts({ deploymentId: 'shop-1', sources: ['instance'], tail: 1 })).toEqual(['two']);
    });

    test('are stored when flushed', async () => {
      telemetry.log('shop-1', line('one'));
      telemetry.log('shop-1', line(''));
      await telemetry.flush();
      await telemetry.flush();
      expect((await texts({ deploymentId: 'shop-1' })).map((text) => text.trim())).toEqual(['one', '']);
    });

    test('of nobody are empty', async () => {
      expect(await telemetry.read({ deploymentId: 'nobody-1' })).toEqual([]);
    });

    test('are followed without gap or repetition', async () => {
      telemetry.log('shop-1', line('before'));
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const { text } of telemetry.follow({ deploymentId: 'shop-1' }, stop.signal)) {
        seen.push(text);
        if (text === 'before') telemetry.log('shop-1', line('after'));
        if (text === 'after') stop.abort();
      }
      expect(seen).toEqual(['before', 'after']);
    });

    test('are gone when forgotten', async () => {
      telemetry.log('shop-1', line('one'));
      telemetry.log('shop-12', line('of another'));
      await telemetry.forget('shop-1');
      expect(await telemetry.read({ deploymentId: 'shop-1' })).toEqual([]);
      expect(await texts({ deploymentId: 'shop-12' })).toEqual(['of another']);
    });
  });

  test('metrics of an unknown deployment are zero', async () => {
    expect(await telemetry.metrics('nobody-1')).toMatchObject({
      requests: 0,
      openConnections: 0,
      latencyMilliseconds: null,
      instances: [],
    });
  });
}
