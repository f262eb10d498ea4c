import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { OutputPace } from '../../../../src/adapters/local/output-pace.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const limits = { linesPerSecond: 100, bytesPerSecond: 1000, burstMilliseconds: 100 };
const paced = (overrides: Partial<typeof limits> = {}) => {
  const stream = new PassThrough();
  return { stream, pace: new OutputPace(stream, { ...limits, ...overrides }) };
};

describe('output pace', () => {
  test('lets a burst pass', () => {
    const { stream, pace } = paced();
    pace.spend(10, 10);
    expect(stream.isPaused()).toBe(false);
  });

  test('stops too many lines for a while', async () => {
    const { stream, pace } = paced();
    pace.spend(15, 15);
    expect(stream.isPaused()).toBe(true);
    await waitFor(() => !stream.isPaused());
  });

  test('stops too many bytes', () => {
    const { stream, pace } = paced();
    pace.spend(1, 200);
    expect(stream.isPaused()).toBe(true);
    pace.lift();
  });

  test('stops nothing once lifted', () => {
    const { stream, pace } = paced();
    pace.spend(100_000, 100_000);
    pace.lift();
    expect(stream.isPaused()).toBe(false);
    pace.spend(100_000, 100_000);
    expect(stream.isPaused()).toBe(false);
  });
});
