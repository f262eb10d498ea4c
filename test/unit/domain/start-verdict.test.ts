import { describe, expect, test } from '@jest/globals';
import { judgeStart, type StartObservation } from '../../../src/domain/start-verdict.ts';
import fc from '../../fixtures/properties.ts';

const starting: StartObservation = {
  elapsedMilliseconds: 100,
  timeoutMilliseconds: 60_000,
  healthy: false,
  lastStatus: null,
  reason: 'connection refused',
  port: 8123,
  listeningPorts: [],
};
const seenAfter = (seconds: number, change: Partial<StartObservation> = {}) =>
  judgeStart({ ...starting, elapsedMilliseconds: seconds * 1000, ...change });

describe('judgeStart', () => {
  test('waits for a port that is not open yet', () => {
    expect(seenAfter(1)).toEqual({ verdict: 'wait' });
    expect(seenAfter(59)).toEqual({ verdict: 'wait' });
  });

  test('fails with PortNeverOpened when time is up', () => {
    expect(seenAfter(60)).toMatchObject({ verdict: 'failed', code: 'PortNeverOpened' });
  });

  test('fails with ListensOnAnotherPort long before the timeout', () => {
    expect(seenAfter(1, { listeningPorts: [3000] })).toEqual({ verdict: 'wait' });
    const verdict = seenAfter(3, { listeningPorts: [3000] });
    expect(verdict).toMatchObject({ code: 'ListensOnAnotherPort' });
    expect(verdict).toMatchObject({ message: expect.stringContaining('3000') });
    expect(verdict).toMatchObject({ message: expect.stringContaining('8123') });
  });

  test('fails with ListensOnAnotherPort for another address', () => {
    expect(seenAfter(1, { listeningPorts: [8123] })).toEqual({ verdict: 'wait' });
    // It may have opened the port a moment ago, and the next health check finds out.
    expect(seenAfter(30, { listeningPorts: [8123], openMilliseconds: 200 })).toEqual({ verdict: 'wait' });
    expect(seenAfter(3, { listeningPorts: [8123] })).toMatchObject({
      code: 'ListensOnAnotherPort',
      message: expect.stringContaining('127.0.0.1'),
    });
  });

  test('accepts more ports besides the right one', () => {
    expect(seenAfter(5, { listeningPorts: [3000, 8123], reason: 'no answer within 2 s' })).toEqual({
      verdict: 'wait',
    });
  });

  test('fails with HealthCheckFailed early for client errors', () => {
    expect(seenAfter(1, { lastStatus: 404, listeningPorts: [8123] })).toEqual({ verdict: 'wait' });
    expect(seenAfter(3, { lastStatus: 404, reason: 'GET / answered 404' })).toMatchObject({
      code: 'HealthCheckFailed',
      message: expect.stringContaining('GET / answered 404'),
    });
  });

  test('gives server errors time to warm up', () => {
    expect(seenAfter(9, { lastStatus: 500 })).toEqual({ verdict: 'wait' });
    expect(seenAfter(10, { lastStatus: 500 })).toMatchObject({ code: 'HealthCheckFailed' });
    expect(seenAfter(59, { lastStatus: 503 })).toEqual({ verdict: 'wait' });
    expect(seenAfter(60, { lastStatus: 503 })).toMatchObject({ code: 'HealthCheckFailed' });
  });

  test('fails with HealthCheckFailed when an open port stays silent', () => {
    expect(seenAfter(60, { listeningPorts: [8123], reason: 'no answer within 2 s' })).toMatchObject({
      code: 'HealthCheckFailed',
    });
  });

  test('always decides by the timeout', () => {
    const observation = fc.record({
      elapsedMilliseconds: fc.nat(400_000),
      timeoutMilliseconds: fc.integer({ min: 1, max: 300_000 }),
      healthy: fc.boolean(),
      lastStatus: fc.option(fc.integer({ min: 400, max: 599 })),
      reason: fc.option(fc.string()),
      port: fc.integer({ min: 1, max: 65_535 }),
      listeningPorts: fc.array(fc.integer({ min: 1, max: 65_535 })),
    });
    fc.assert(
      fc.property(observation, (seen) => {
        const { verdict } = judgeStart(seen);
        if (seen.healthy) expect(verdict).toBe('healthy');
        else expect(verdict).not.toBe('healthy');
        if (!seen.healthy && seen.elapsedMilliseconds >= seen.timeoutMilliseconds)
          expect(verdict).toBe('failed');
      }),
    );
  });
});
