import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import type { BuildingFacts } from '../../src/adapters/aws/stack-engine/facts.ts';
import { launchesOf } from '../../src/adapters/aws/stack-engine/launches.ts';
import type { EngineFacts } from '../../src/adapters/aws/stack-engine.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { StackRequest } from '../../src/ports/stack-engine.ts';
import { NETWORK_REQUEST } from '../contracts/stack-engine.contract.ts';
import type { Account } from './account.ts';

/** A template of one resource that needs no other: what the engine does with stacks does not depend on what is in them. */
export const TINY_TEMPLATE = JSON.stringify({
  Parameters: {
    Size: { Type: 'String', Default: 'small' },
    Name: { Type: 'String', Default: 'none' },
    DeploymentId: { Type: 'String' },
    LogGroup: { Type: 'String' },
  },
  Resources: {
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: { 'Fn::Join': [' ', [{ Ref: 'Size' }, { Ref: 'Name' }]] } },
    },
  },
  Outputs: { GroupId: { Value: { 'Fn::GetAtt': ['Group', 'GroupId'] } } },
});

/** What the engine gives `TINY_TEMPLATE` for `networkRequest`. */
export const TINY_PARAMETERS: Readonly<Record<string, string>> = {
  Size: 'small',
  Name: 'none',
  DeploymentId: 'shop-abc234',
  LogGroup: '/hivemind/deployments',
};

export const CONTROL_PLANE: BuildingFacts['controlPlane'] = {
  stackRoleArn: 'arn:aws:iam::123456789012:role/hivemind-stacks',
  artifactBucket: 'hivemind-artifacts',
  accessLogBucket: 'hivemind-access-logs',
  logGroup: '/hivemind/deployments',
  permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/hivemind-boundary',
  alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:hivemind-alarms',
  instanceDocument: 'hivemind-instance',
};

/** The emulator is done at once: what the adapters wait for between two looks would be most of the time of the tests. */
export const BRISK_CLOCK: Clock = {
  now: systemClock.now,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 10, signal),
};

export const engineFacts = (account: Account, chosen: Partial<BuildingFacts> = {}): EngineFacts => ({
  cloudFormation: new CloudFormationClient(account.settings),
  loadBalancing: new ElasticLoadBalancingV2Client(account.settings),
  rds: new RDSClient(account.settings),
  clock: BRISK_CLOCK,
  controlPlane: CONTROL_PLANE,
  templateOf: () => TINY_TEMPLATE,
  launchesOf: (group) => launchesOf(new AutoScalingClient(account.settings), group),
  ...chosen,
});

export const networkRequest = (chosen: Partial<StackRequest> = {}): StackRequest => ({
  ...NETWORK_REQUEST,
  ...chosen,
});

/** The tags of a stack that the engine has made for `networkRequest`. */
export const OUR_TAGS = { 'hivemind:deployment': 'shop-abc234', 'hivemind:blueprint': 'network' } as const;
