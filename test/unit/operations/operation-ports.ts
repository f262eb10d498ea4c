import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { localSecrets } from '../../../src/adapters/local/secrets.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import type { AnswerFixPorts } from '../../../src/operations/answer-fix.ts';
import type { StartDeployPorts } from '../../../src/operations/start-deploy.ts';
import { stillClock } from '../../fixtures/still-clock.ts';
import { temporaryHome } from '../../fixtures/temporary-home.ts';

export interface OperationsUnderTest {
  readonly ports: StartDeployPorts & AnswerFixPorts;
  /** Names of the workflows that were started, in order. */
  readonly started: readonly string[];
  /** What workflows were told: the execution, the task token and the answer. */
  readonly answers: readonly (readonly unknown[])[];
}

/** Ports of operations on one machine: an empty store, empty secrets, a clock that stands still, workflows that only go on record. */
export async function operationPorts(): Promise<OperationsUnderTest> {
  const clock = stillClock();
  const started: string[] = [];
  const answers: unknown[][] = [];
  return {
    ports: {
      target: 'local',
      store: localDeploymentStore({ database: openStateDatabase(':memory:'), clock }),
      secrets: localSecrets(await temporaryHome()),
      clock,
      runner: {
        start: async (workflow) => void started.push(workflow),
        answer: async (...given) => void answers.push(given),
        cancel: async () => {
          throw new Error('no workflow can be cancelled here');
        },
      },
    },
    started,
    answers,
  };
}
