import { noModel } from '../../../src/adapters/anywhere/language-model.ts';
import { localCosts } from '../../../src/adapters/local/costs.ts';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import { removalDocument } from '../../../src/contracts/upkeep.ts';
import { failureFrom } from '../../../src/domain/failure.ts';
import { previewRemoval, type RemovalPorts } from '../../../src/operations/preview-removal.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { stillClock } from '../../fixtures/still-clock.ts';

const MESSAGE = 'port 8080 stayed closed for 60 s';

interface Life {
  readonly model?: RemovalPorts['model'];
  /** Of the failure; null: nothing ever failed. */
  readonly message?: string | null;
  readonly explain?: boolean;
  readonly database?: ReturnType<typeof openStateDatabase>;
}

/** The preview of a deployment that once failed to open its port, and runs as root. */
export async function previewed({
  model = noModel,
  message = MESSAGE,
  explain = true,
  database = openStateDatabase(':memory:'),
}: Life) {
  const clock = stillClock();
  const store = localDeploymentStore({ database, clock });
  const failure =
    message === null
      ? {}
      : {
          failure: failureFrom(
            { code: 'PortNeverOpened', message, hint: '', logTail: [] },
            'release',
            clock.now(),
          ),
        };
  await store.createDeployment(aDeployment());
  await store.createExecution(anExecution({ status: 'FAILED', endedAt: clock.now(), ...failure }));
  if (message !== null) {
    const [control, title, mend] = ['HM-RUN-1', 'it runs as root', 'start it as a user'];
    await store.putFindings('shop-abc234', 'deploy-1', [
      { control, title, result: 'warn', evidence: 'uid 0', mend },
    ]);
  }
  const ports: RemovalPorts = {
    store,
    clock,
    model,
    costs: localCosts,
    stacks: { list: async () => [] },
    inventory: { find: async () => [{ type: 'process', id: '4711' }] },
    instances: { list: async () => [] },
  };
  const view = removalDocument.parse(await previewRemoval(ports, 'shop', { explain }));
  return { view, events: await store.listEvents({ deploymentId: 'shop-abc234' }) };
}
