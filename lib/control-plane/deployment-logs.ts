import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { arnOf, DEPLOYMENT_LOG_GROUP } from './places.ts';
import { removalPolicyOf, type Settings } from './settings.ts';

/** The one log group of all deployments: a stream for each writer, `<deployment id>/<source>/<name>`. */
export class DeploymentLogs extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { key, settings }: { key: IKey; settings: Settings }) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: DEPLOYMENT_LOG_GROUP,
      retention: settings.logRetentionDays as RetentionDays,
      encryptionKey: key,
      removalPolicy: removalPolicyOf(settings),
    });
  }

  /** Without the `:*` of the streams, which the construct of CDK puts after it. */
  get logGroupArn(): string {
    return arnOf(Stack.of(this), 'logs', `log-group:${DEPLOYMENT_LOG_GROUP}`);
  }
}
