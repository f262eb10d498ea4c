import { afterEach, describe } from '@jest/globals';
import { awsStackEngine } from '../../../src/adapters/aws/stack-engine.ts';
import { type EngineUnderTest, stackEngineContract } from '../../contracts/stack-engine.contract.ts';
import { openAccount } from '../account.ts';
import { type AwsProxy, openProxy } from '../proxy.ts';
import { engineFacts } from '../stack-engine.ts';
import { StackScenes } from '../stack-scenes.ts';

const proxies: AwsProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

const QUOTA_REACHED = {
  resource: 'Group',
  type: 'AWS::EC2::SecurityGroup',
  reason:
    'The maximum number of security groups has been reached. (Service: Ec2, Status Code: 400, Request ID: 1)',
};

/** The emulator, with failures and slowness played where it has none, and the reasons that its change sets do not give. */
async function open(): Promise<EngineUnderTest> {
  const account = await openAccount();
  const scenes = new StackScenes(account);
  const proxy = await openProxy(account, (call) =>
    call.action === 'DescribeChangeSet' ? { rewrite: withReplacement } : scenes.decide(call),
  );
  proxies.push(proxy);
  return {
    engine: awsStackEngine(engineFacts(proxy.account)),
    failNext: () => {
      scenes.next('CREATE', {
        statuses: ['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE'],
        events: [{ status: 'CREATE_FAILED', ...QUOTA_REACHED }],
      });
      scenes.next('UPDATE', {
        statuses: ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'],
        events: [{ status: 'UPDATE_FAILED', ...QUOTA_REACHED }],
      });
      return { code: 'QuotaExceeded' };
    },
    holdNext: () => {
      const course = { statuses: ['CREATE_IN_PROGRESS'], events: [] };
      scenes.next('CREATE', course);
      return () => scenes.settle('shop-abc234-network', 'CREATE_COMPLETE');
    },
  };
}

/** moto makes a change set of changed parameters, with no change in it: what AWS would say is put into its answer. */
const withReplacement = (body: string): string =>
  body.replace(/<Changes><\/Changes>|<Changes ?\/>/, REPLACEMENT);

const REPLACEMENT = `<Changes><member>
  <Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>Group</LogicalResourceId>
  <ResourceType>AWS::EC2::SecurityGroup</ResourceType><Replacement>True</Replacement><Details><member>
  <Target><Attribute>Properties</Attribute><Name>GroupDescription</Name><RequiresRecreation>Always</RequiresRecreation></Target>
  <ChangeSource>ParameterReference</ChangeSource><CausingEntity>Size</CausingEntity></member></Details></ResourceChange>
  </member></Changes>`;

describe('stack engine on CloudFormation', () => stackEngineContract(open));
