import type { Execution, RestoreSettings, UpdateSettings, WorkflowName } from '../../src/domain/execution.ts';
import { aDestroyExecution, anExecution } from '../contracts/deployment-store.contract.ts';

const { settings, ...fields } = anExecution();

const update: UpdateSettings = {
  ...settings,
  swap: { steps: [10, 100], bakeSeconds: 0, keepWarmSeconds: 600, rolling: false },
};
const restore: RestoreSettings = { ...update, toRelease: 1, fromExecution: 'deploy-1' };

/** An execution of each workflow. */
export const EXECUTIONS: Readonly<Record<WorkflowName, Execution>> = {
  deploy: anExecution(),
  update: { ...fields, id: 'update-1', workflow: 'update', settings: update },
  upgrade: { ...fields, id: 'upgrade-1', workflow: 'upgrade', settings: restore },
  rollback: { ...fields, id: 'rollback-1', workflow: 'rollback', settings: restore },
  retire: {
    ...fields,
    id: 'retire-1',
    workflow: 'retire',
    settings: { color: 'green', reason: 'its time is over' },
  },
  destroy: aDestroyExecution(),
};
