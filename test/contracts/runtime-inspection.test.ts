import { describe } from '@jest/globals';
import { localRuntimeInspection } from '../../src/adapters/local/runtime-inspection.ts';
import { localSecrets } from '../../src/adapters/local/secrets.ts';
import { specOf, supervision } from '../fixtures/supervision.ts';
import { temporaryHome } from '../fixtures/temporary-home.ts';
import { type InspectionUnderTest, runtimeInspectionContract } from './runtime-inspection.contract.ts';

async function openLocal(): Promise<InspectionUnderTest> {
  const home = await temporaryHome();
  const secrets = localSecrets(home);
  const { supervisor } = await supervision({ home, secrets });
  return {
    inspection: localRuntimeInspection({ home, secrets, supervisor }),
    run: async (stack, { inArguments }) => {
      const secret = await secrets.put('shop-1', 'environment', { TOKEN: 'a-planted-secret' });
      const argv = ['node', 'wait.js', ...(inArguments ? ['--token=a-planted-secret'] : [])];
      const processes = [
        { name: 'worker', command: { kind: 'argv', argv }, exposed: false, count: 1 } as const,
      ];
      const instances = await supervisor.createInstances(
        stack,
        specOf('wait.js', { processes, environmentSecret: secret }),
      );
      await supervisor.start(instances.map(({ id }) => id));
      return secret;
    },
  };
}

describe('local runtime inspection', () => runtimeInspectionContract(openLocal));
