import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRouteTableCommand, DeleteRouteTableCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openAccount } from './account.ts';

let cloudFormation: CloudFormationClient;
let ec2: EC2Client;
let sns: SNSClient;
beforeEach(async () => {
  const { settings } = await openAccount();
  cloudFormation = new CloudFormationClient(settings);
  ec2 = new EC2Client(settings);
  sns = new SNSClient(settings);
});

const create = (name: string, template: object) =>
  cloudFormation.send(new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template) }));

const remove = (name: string) => cloudFormation.send(new DeleteStackCommand({ StackName: name }));

const stackOf = async (name: string) => {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
  return Stacks?.[0];
};

const statusOf = async (name: string) => (await stackOf(name))?.StackStatus;

const outputsOf = async (name: string) => (await stackOf(name))?.Outputs ?? [];

const resourcesOf = async (name: string) => {
  const command = new DescribeStackResourcesCommand({ StackName: name });
  const { StackResources = [] } = await cloudFormation.send(command);
  return StackResources.map(({ LogicalResourceId }) => LogicalResourceId);
};

const topics = async () => (await sns.send(new ListTopicsCommand({}))).Topics?.length ?? 0;

const lastReasonOf = async (name: string) => {
  const { StackEvents } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: name }));
  return StackEvents?.[0]?.ResourceStatusReason;
};

const topic = (properties: object = {}) => ({ Type: 'AWS::SNS::Topic', Properties: properties });

const BELOW = {
  Resources: { Topic: topic() },
  Outputs: { Name: { Value: 'below', Export: { Name: { 'Fn::Sub': `\${AWS::StackName}-Name` } } } },
};
const ABOVE = {
  Parameters: { Below: { Type: 'String', Default: 'below' } },
  Resources: {
    Topic: topic({ DisplayName: { 'Fn::ImportValue': { 'Fn::Sub': `\${Below}-Name` } } }),
  },
};

describe('the CloudFormation of the emulator', () => {
  test('does not remove a stack from which another one imports', async () => {
    await create('below', BELOW);
    await create('above', ABOVE);
    await remove('below');
    expect(await statusOf('below')).toBe('DELETE_FAILED');
    expect(await lastReasonOf('below')).toBe('Export below-Name cannot be deleted as it is in use by above');
  });

  test('removes it when nobody imports any more', async () => {
    await create('below', BELOW);
    await create('above', ABOVE);
    await remove('below');
    await remove('above');
    await remove('below');
    await expect(statusOf('below')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('keeps a stack whose removal failed, with the reason', async () => {
    await create('network', {
      Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.9.0.0/16' } }, Topic: topic() },
      Outputs: { Id: { Value: { Ref: 'Vpc' } }, Topic: { Value: { Ref: 'Topic' } } },
    });
    const outputs = await outputsOf('network');
    const VpcId = outputs.find(({ OutputKey }) => OutputKey === 'Id')?.OutputValue;
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
    await remove('network');
    expect(await statusOf('network')).toBe('DELETE_FAILED');
    expect(await lastReasonOf('network')).toContain('has dependencies and cannot be deleted');
    expect(await resourcesOf('network')).toEqual(['Vpc']);
    expect(await outputsOf('network')).toHaveLength(2);
    expect(await topics()).toBe(0);
    await ec2.send(new DeleteRouteTableCommand({ RouteTableId: RouteTable?.RouteTableId }));
    await remove('network');
    await expect(statusOf('network')).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
