import { describe, expect, test } from '@jest/globals';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { DestroyExecution } from '../../src/domain/execution.ts';
import { anExecution } from '../contracts/deployment-store.contract.ts';
import { runScripted } from './scripted-workflow.ts';

const { settings: _, ...fields } = anExecution({ id: 'destroy-1' });
const execution: DestroyExecution = { ...fields, workflow: 'destroy', settings: { snapshot: true } };

const ORDER = [
  'plan-removal',
  'remove-compute',
  'remove-monitoring',
  'snapshot',
  'remove-database',
  'remove-load-balancer',
  'remove-network',
  'prove-removal',
].map((action) => `janitor ${action}`);

describe('destroy workflow', () => {
  test('saves the database between what uses it and it', async () => {
    const run = await runScripted(execution, {});
    expect(run.status).toBe('SUCCEEDED');
    expect(run.calls).toEqual(ORDER);
  });

  test.each(ORDER)('stops and diagnoses after %s', async (task) => {
    const run = await runScripted(execution, {
      [task]: () => {
        throw new HiveMindError('StackFailed', 'it broke', { hint: 'mend it' });
      },
    });
    expect(run.status).toBe('FAILED');
    expect(run.calls).toEqual([...ORDER.slice(0, ORDER.indexOf(task) + 1), 'medic']);
  });
});
