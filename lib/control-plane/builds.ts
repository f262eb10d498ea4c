import { readFileSync } from 'node:fs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnProject, type CfnProjectProps } from 'aws-cdk-lib/aws-codebuild';
import { type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { arnOf, BUILD_LOG_GROUP, BUILD_PROJECT } from './places.ts';
import { ServiceRole } from './service-role.ts';
import type { Settings } from './settings.ts';
import type { Statement } from './statement.ts';

/** The smallest; without privileges there is no Docker, and without a VPC nothing of the account to reach. */
const CONTAINER = {
  environment: {
    type: 'ARM_CONTAINER',
    computeType: 'BUILD_GENERAL1_SMALL',
    // Amazon Linux 2023 for arm64, as on the instances, with Node 24 in it.
    image: 'aws/codebuild/amazonlinux-aarch64-standard:4.0',
    imagePullCredentialsType: 'CODEBUILD',
    privilegedMode: false,
  },
  timeoutInMinutes: 30,
  queuedTimeoutInMinutes: 30,
  badgeEnabled: false,
} as const satisfies Partial<CfnProjectProps>;

const BUILDSPEC = new URL('./build/buildspec.yml', import.meta.url);

export interface BuildsProps {
  readonly key: IKey;
  readonly settings: Settings;
}

/**
 * Where code that nobody has looked at is built: a container of its own with no right but to write its log. Source, result
 * and the build program come and go by presigned addresses that the builder gives to each build.
 */
export class Builds extends Construct {
  readonly projectName = BUILD_PROJECT;

  constructor(scope: Construct, id: string, { key, settings }: BuildsProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: BUILD_LOG_GROUP,
      retention: settings.logRetentionDays as RetentionDays,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const project = new CfnProject(this, 'Project', {
      ...CONTAINER,
      name: BUILD_PROJECT,
      description: 'Builds repositories for HiveMind, isolated from the control plane',
      serviceRole: this.role().roleArn,
      encryptionKey: key.keyArn,
      source: { type: 'NO_SOURCE', buildSpec: readFileSync(BUILDSPEC, 'utf8') },
      artifacts: { type: 'NO_ARTIFACTS' },
      ...(settings.concurrentBuilds && { concurrentBuildLimit: settings.concurrentBuilds }),
      logsConfig: {
        cloudWatchLogs: { status: 'ENABLED', groupName: logGroup.logGroupName, streamName: 'builds' },
        s3Logs: { status: 'DISABLED' },
      },
    });
    accept(project, {
      'CloudFormation-Validate::E3050':
        'The template does take the ARN of the role by Fn::GetAtt: the check mistakes it for a Ref.',
    });
  }

  private role(): Role {
    return new ServiceRole(this, 'Role', {
      description: 'HiveMind: builds, which may write their log and nothing else',
      principal: new ServicePrincipal('codebuild.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': arnOf(Stack.of(this), 'codebuild', `project/${BUILD_PROJECT}`) },
        },
      }),
      policies: { Policy: [this.writeLog()] },
    }).role;
  }

  private writeLog(): Statement {
    const streams = `log-group:${BUILD_LOG_GROUP}:log-stream:builds/*`;
    return {
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [arnOf(Stack.of(this), 'logs', streams)],
      why: 'CodeBuild names a log stream after each build; every one is under builds/.',
    };
  }
}
