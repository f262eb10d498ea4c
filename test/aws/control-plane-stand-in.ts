import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type ControlPlane, outputNameOf } from '../../src/adapters/aws/control-plane.ts';
import { CONTROL_PLANE_STACK } from '../../src/adapters/aws/control-plane-stack.ts';
import { createTableInput } from '../../src/adapters/aws/deployment-store/table.ts';
import { VERSION } from '../../src/contracts/version.ts';
import { WORKFLOWS } from '../../src/domain/execution.ts';
import { type Account, REGION } from './account.ts';

/** A workflow that waits: its executions are ended by the test. */
const WAITING = JSON.stringify({
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: 600, End: true } },
});

/**
 * What the command line uses of a control plane, made call by call: the real stack takes the CDK and half a minute. The stack has
 * its outputs and nothing else.
 */
export async function makeControlPlane(
  account: Account,
  change: Partial<ControlPlane> = {},
): Promise<ControlPlane> {
  const { settings, accountId } = account;
  const roleArn = `arn:aws:iam::${accountId}:role/hivemind-workflow`;
  const sfn = new SFNClient(settings);
  const stateMachines = async (): Promise<string> => {
    const names = WORKFLOWS.map((workflow) => `hivemind-${workflow}`);
    const [made] = await Promise.all(
      names.map((name) => sfn.send(new CreateStateMachineCommand({ name, roleArn, definition: WAITING }))),
    );
    return (made?.stateMachineArn ?? '').slice(0, -WORKFLOWS[0].length);
  };
  const controlPlane: ControlPlane = {
    table: 'hivemind',
    artifactBucket: `hivemind-artifacts-${accountId}`,
    accessLogBucket: `hivemind-access-logs-${accountId}`,
    logGroup: '/hivemind/deployments',
    buildProject: 'hivemind-build',
    stackRoleArn: roleArn,
    permissionsBoundaryArn: `arn:aws:iam::${accountId}:policy/hivemind-boundary`,
    instanceDocument: 'hivemind-instance',
    alarmTopicArn: `arn:aws:sns:${REGION}:${accountId}:hivemind-alarms`,
    stateMachineArnPrefix: await stateMachines(),
    models: '{}',
    version: VERSION,
    ...change,
  };
  await new DynamoDBClient(settings).send(new CreateTableCommand(createTableInput(controlPlane.table)));
  for (const Bucket of [controlPlane.artifactBucket, controlPlane.accessLogBucket]) {
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await new S3Client(settings).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  }
  await new CloudWatchLogsClient(settings).send(
    new CreateLogGroupCommand({ logGroupName: controlPlane.logGroup }),
  );
  await makeStack(account, controlPlane);
  return controlPlane;
}

/** The stack of the control plane with these outputs. */
export async function makeStack(account: Account, outputs: Partial<ControlPlane>): Promise<void> {
  await new CloudFormationClient(account.settings).send(
    new CreateStackCommand({
      StackName: CONTROL_PLANE_STACK,
      TemplateBody: JSON.stringify({
        Resources: { Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
        Outputs: Object.fromEntries(
          Object.entries(outputs).map(([key, Value]) => [outputNameOf(key), { Value }]),
        ),
      }),
    }),
  );
}
