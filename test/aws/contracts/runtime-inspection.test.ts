import { describe, expect, test } from '@jest/globals';
import { awsRuntimeInspection } from '../../../src/adapters/aws/runtime-inspection.ts';
import { localRuntimeInspection } from '../../../src/adapters/local/runtime-inspection.ts';
import { localSecrets } from '../../../src/adapters/local/secrets.ts';
import {
  type InspectionUnderTest,
  runtimeInspectionContract,
} from '../../contracts/runtime-inspection.contract.ts';
import { specOf, supervision } from '../../fixtures/supervision.ts';
import { temporaryHome } from '../../fixtures/temporary-home.ts';
import { makeGroup } from '../auto-scaling-group.ts';
import { openFleet } from '../instance-fleet.ts';

/** The emulator has no machines: processes of this one stand in for those of an instance. */
async function openAws(): Promise<InspectionUnderTest> {
  const home = await temporaryHome();
  const secrets = localSecrets(home);
  const { supervisor } = await supervision({ home, secrets });
  const here = localRuntimeInspection({ home, secrets, supervisor });
  let secret = '';
  const fleet = await openFleet({
    answer: async () => ({ observation: (await here.observe('stack', [secret])) ?? null }),
  });
  return {
    inspection: awsRuntimeInspection(fleet),
    run: async (stack, { inArguments }) => {
      secret = await secrets.put('shop-1', 'environment', { TOKEN: 'a-planted-secret' });
      const argv = ['node', 'wait.js', ...(inArguments ? ['--token=a-planted-secret'] : [])];
      const processes = [
        { name: 'worker', command: { kind: 'argv', argv }, exposed: false, count: 1 } as const,
      ];
      const spec = specOf('wait.js', { processes, environmentSecret: secret });
      await supervisor.start((await supervisor.createInstances('stack', spec)).map(({ id }) => id));
      await makeGroup(fleet.autoScaling, { name: stack, count: 1 });
      return secret;
    },
  };
}

const good = {
  secretFileModes: [{ file: '/etc/hivemind/environment', mode: 0o600 }],
  processArgumentsHoldSecret: false,
  runsAsRoot: false,
  environmentNames: { present: ['PORT', 'TOKEN'], intended: ['TOKEN'] },
};

describe('runtime inspection on AWS', () => {
  runtimeInspectionContract(openAws);

  test('takes the worst of all instances', async () => {
    const ids: string[] = [];
    const fleet = await openFleet({
      answer: ({ instanceId }) => ({
        observation: instanceId === ids[0] ? good : { ...good, runsAsRoot: true },
      }),
    });
    ids.push(...(await makeGroup(fleet.autoScaling, { name: 'shop-1-compute-blue', count: 2 })));
    const seen = await awsRuntimeInspection(fleet).observe('shop-1-compute-blue', ['a secret']);
    expect(seen).toMatchObject({
      ...good,
      runsAsRoot: true,
      secretFileModes: [{ mode: 0o600 }, { mode: 0o600 }],
    });
    expect(seen?.secretFileModes[0]?.file).toBe(`${ids[0]}:/etc/hivemind/environment`);
    expect(JSON.stringify(fleet.orders)).not.toContain('a secret');
  });

  test('sees nothing where no process runs', async () => {
    const fleet = await openFleet({ answer: () => ({ observation: null }) });
    await makeGroup(fleet.autoScaling, { name: 'shop-1-compute-blue', count: 1 });
    expect(await awsRuntimeInspection(fleet).observe('shop-1-compute-blue', [])).toBeUndefined();
  });
});
