import { Duration, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { INSTANCE_ROLE_PATH } from './places.ts';
import { removalPolicyOf, type Settings } from './settings.ts';

/** One key for what the control plane keeps: artifacts, logs, alarms. */
export class Encryption extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias: 'hivemind',
      description: 'Artifacts, logs and alarms of the HiveMind control plane',
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      pendingWindow: Duration.days(30),
      removalPolicy: removalPolicyOf(settings),
    });
    this.key.addToResourcePolicy(this.logsStatement());
    this.key.addToResourcePolicy(this.publishersStatement());
    this.key.addToResourcePolicy(this.instancesStatement());
  }

  /** CloudWatch Logs encrypts log groups of this account and region. */
  private logsStatement(): PolicyStatement {
    const { partition, region, account } = Stack.of(this);
    return new PolicyStatement({
      sid: 'LogGroups',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:*` },
      },
    });
  }

  /** CloudWatch alarms and Budgets publish to the encrypted topic. */
  private publishersStatement(): PolicyStatement {
    return new PolicyStatement({
      sid: 'AlarmPublishers',
      principals: [
        new ServicePrincipal('cloudwatch.amazonaws.com'),
        new ServicePrincipal('budgets.amazonaws.com'),
      ],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
  }

  /**
   * Instances read their artifact. Their roles are made by other stacks, under one path, and know nothing of the key: the
   * key knows them.
   */
  private instancesStatement(): PolicyStatement {
    const { partition, region, account } = Stack.of(this);
    return new PolicyStatement({
      sid: 'InstancesReadArtifacts',
      effect: Effect.ALLOW,
      principals: [new AnyPrincipal()],
      actions: ['kms:Decrypt'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `s3.${region}.amazonaws.com` },
        ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::${account}:role${INSTANCE_ROLE_PATH}*` },
      },
    });
  }
}
