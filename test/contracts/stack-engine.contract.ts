import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FailureDetail } from '../../src/domain/failure.ts';
import type { StackEngine, StackRequest } from '../../src/ports/stack-engine.ts';

export interface EngineUnderTest {
  readonly engine: StackEngine;
  /** Makes the next creation or change of a network stack fail; returns how the failure is told. */
  readonly failNext: () => Partial<FailureDetail>;
  /** Holds the next creation until the returned function is called. */
  readonly holdNext: () => () => void;
}

export const NETWORK_REQUEST: StackRequest = {
  name: 'shop-abc234-network',
  blueprint: 'network',
  deploymentId: 'shop-abc234',
  parameters: { size: 'small' },
  tags: { stage: 'stage-1', owner: 'someone@example' },
  token: 'one',
};
const patience = { patienceSeconds: 30 };

/** What every StackEngine does. */
export function stackEngineContract(open: () => Promise<EngineUnderTest>): void {
  let subject: EngineUnderTest;
  let engine: StackEngine;
  const request = NETWORK_REQUEST;
  beforeEach(async () => {
    subject = await open();
    engine = subject.engine;
  });

  describe('deploy', () => {
    test('creates a stack with its outputs', async () => {
      const stack = await engine.deploy(request, patience);
      expect(stack).toMatchObject({
        status: 'CREATE_COMPLETE',
        parameters: { size: 'small' },
        failure: null,
      });
      expect(await engine.describe('shop-abc234-network')).toEqual(stack);
      expect(await engine.list('shop-abc234')).toEqual([stack]);
      expect(await engine.list('other')).toEqual([]);
    });

    test('changes nothing when called again', async () => {
      const first = await engine.deploy(request, patience);
      expect(await engine.deploy({ ...request, token: 'two' }, patience)).toEqual(first);
    });

    test('changes the stack to new parameters', async () => {
      await engine.deploy(request, patience);
      const changed = await engine.deploy(
        { ...request, parameters: { size: 'large' }, token: 'two' },
        patience,
      );
      expect(changed).toMatchObject({ status: 'UPDATE_COMPLETE', parameters: { size: 'large' } });
    });

    test('fails with a state that names the failure', async () => {
      const failure = subject.failNext();
      const stack = await engine.deploy(request, patience);
      expect(stack).toMatchObject({ status: 'CREATE_FAILED', failure });
      expect(await engine.describe('shop-abc234-network')).toMatchObject({
        status: 'CREATE_FAILED',
        failure,
      });
    });

    test('keeps what stood when a change fails', async () => {
      const before = await engine.deploy({ ...request, parameters: { name: 'a' } }, patience);
      const failure = subject.failNext();
      const failed = await engine.deploy({ ...request, parameters: { name: 'b' }, token: 'two' }, patience);
      expect(failed).toMatchObject({ status: 'UPDATE_FAILED', failure });
      const { status: _, ...kept } = before;
      expect(await engine.describe('shop-abc234-network')).toMatchObject(kept);
    });

    test('creates again what failed before', async () => {
      subject.failNext();
      await engine.deploy(request, patience);
      expect(await engine.deploy({ ...request, token: 'two' }, patience)).toMatchObject({
        status: 'CREATE_COMPLETE',
      });
    });

    test('returns progress when patience runs out', async () => {
      const release = subject.holdNext();
      const progress = await engine.deploy(request, { patienceSeconds: 0 });
      expect(progress.status).toBe('CREATE_IN_PROGRESS');
      const joined = engine.deploy(request, patience);
      release();
      expect(await joined).toMatchObject({ status: 'CREATE_COMPLETE' });
    });
  });

  describe('remove', () => {
    test('removes the stack and succeeds again', async () => {
      await engine.deploy(request, patience);
      expect(await engine.remove('shop-abc234-network', patience)).toBe(true);
      expect(await engine.remove('shop-abc234-network', patience)).toBe(true);
      expect(await engine.describe('shop-abc234-network')).toBeUndefined();
      expect(await engine.list('shop-abc234')).toEqual([]);
    });
  });

  describe('preview', () => {
    test('tells creation from change without doing it', async () => {
      expect((await engine.preview(request)).map(({ action }) => action)).toEqual(['create']);
      expect(await engine.describe('shop-abc234-network')).toBeUndefined();
      await engine.deploy(request, patience);
      expect((await engine.preview(request)).map(({ action }) => action)).toEqual(['none']);
      const [change] = await engine.preview({ ...request, parameters: { size: 'large' } });
      expect(change?.action).toBe('replace');
      expect(change?.reason).toContain('size');
    });
  });
}
