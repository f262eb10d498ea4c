import { describe, expect, test } from '@jest/globals';
import type { Failure } from '../../src/domain/failure.ts';
import { aDestroyExecution, anExecution } from './deployment-store.contract.ts';
import { type OpenStore, storeForEach } from './store-for-each.ts';

const FAILURE: Failure = {
  code: 'BuildFailed',
  message: 'm',
  hint: 'h',
  logTail: [],
  stage: 'build',
  fault: 'application',
  at: '2026-01-01T00:05:00.000Z',
};

/** How every DeploymentStore changes an execution. */
export function executionChangesContract(open: OpenStore): void {
  const store = storeForEach(open);

  describe('a change of an execution', () => {
    test('sets what it names and leaves the rest', async () => {
      const execution = anExecution();
      await store().createExecution(execution);
      const settings = {
        ...execution.settings,
        plan: { start: 'node server.js' },
        variables: { HOST: '0.0.0.0' },
        startTimeoutSeconds: 120,
      };
      const resumedAt = '2026-01-01T00:10:00.000Z';
      await store().updateExecution('deploy-1', { settings, resumedAt });
      expect(await store().findExecution('deploy-1')).toEqual({ ...execution, settings, resumedAt });
    });

    test('clears what is undefined', async () => {
      await store().createExecution(anExecution());
      await store().updateExecution('deploy-1', { failure: FAILURE });
      expect((await store().findExecution('deploy-1'))?.failure).toEqual(FAILURE);
      await store().updateExecution('deploy-1', { failure: undefined });
      expect(await store().findExecution('deploy-1')).toEqual(anExecution());
    });

    test('is refused when its settings are those of another workflow', async () => {
      const execution = aDestroyExecution();
      await store().createExecution(execution);
      const change = { settings: anExecution().settings };
      await expect(store().updateExecution('destroy-1', change)).rejects.toMatchObject({
        code: 'InternalError',
      });
      expect(await store().findExecution('destroy-1')).toEqual(execution);
    });

    test('of settings fails with ExecutionNotFound for unknown ids', async () => {
      const change = { settings: anExecution().settings };
      await expect(store().updateExecution('x', change)).rejects.toMatchObject({ code: 'ExecutionNotFound' });
    });
  });
}
