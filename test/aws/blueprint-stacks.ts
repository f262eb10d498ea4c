import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { blueprintTemplate } from '../../src/adapters/aws/blueprints.ts';
import type { BlueprintName } from '../../src/domain/stack.ts';
import { type Account, REGION } from './account.ts';

type Texts = Readonly<Record<string, string>>;

export const DEPLOYMENT = 'shop-ab12cd';
/** Names of buckets are one for all accounts. */
const bucketOf = ({ accountId }: Account): string => `hivemind-logs-${accountId}`;

const templateShape = z.object({
  Parameters: z.record(z.string(), z.unknown()),
  Outputs: z.record(z.string(), z.unknown()),
});

/** What the engine tells every template that asks, and what the provisioner tells a blueprint. */
const PARAMETERS: Texts = {
  DeploymentId: DEPLOYMENT,
  Owner: 'someone@example.org',
  ArtifactBucket: 'hivemind-artifacts',
  LogGroup: '/hivemind/deployments',
  PermissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
  AlarmTopicArn: `arn:aws:sns:${REGION}:123456789012:alarms`,
  InstanceDocument: 'hivemind-instance',
  ListenerPort: '8081',
  BlueHealthCheckPath: '/health',
  GreenHealthCheckPath: '/health',
  DeregistrationDelaySeconds: '5',
  ActiveColor: 'blue',
  DeletionProtection: 'true',
  // The emulator looks for certificates of ACM that this account does not have, but not for those of IAM.
  CertificateArn: 'arn:aws:iam::123456789012:server-certificate/shop',
  DatabaseName: 'shop',
  Stage: 'stage-1',
  Xray: 'true',
  Color: 'blue',
  Release: '1',
  Commit: '0123456789abcdef0123456789abcdef01234567',
  Artifact: `sha256-${'0'.repeat(64)}`,
  Root: '.',
  Runtime: 'node',
  Processes: '[]',
  EnvironmentSecret: '',
  DatabaseSecret: '',
  StartOnBoot: 'true',
  PublicAddress: 'true',
  InstanceCount: '1',
};

export interface MadeStack {
  readonly name: string;
  readonly status: string | undefined;
  readonly outputs: Texts;
  /** Names of the outputs that the template declares. */
  readonly declared: readonly string[];
}

/** Makes stacks of blueprints in an account that has nothing else. */
export class BlueprintStacks {
  readonly #cloudFormation: CloudFormationClient;
  readonly #bucket: string;
  readonly #made: string[] = [];

  private constructor(account: Account) {
    this.#cloudFormation = new CloudFormationClient(account.settings);
    this.#bucket = bucketOf(account);
  }

  static async in(account: Account): Promise<BlueprintStacks> {
    const location = { LocationConstraint: REGION } as const;
    const s3 = new S3Client(account.settings);
    await s3.send(
      new CreateBucketCommand({ Bucket: bucketOf(account), CreateBucketConfiguration: location }),
    );
    s3.destroy();
    return new BlueprintStacks(account);
  }

  async make(blueprint: BlueprintName, variant: string, given: Texts = {}): Promise<MadeStack> {
    const TemplateBody = await blueprintTemplate(blueprint, variant);
    const template = templateShape.parse(JSON.parse(TemplateBody));
    const StackName = `${DEPLOYMENT}-${blueprint}${this.#made.length}`;
    const values: Texts = { ...PARAMETERS, AccessLogBucket: this.#bucket, ...given };
    const declared = Object.entries(values).filter(([name]) => name in template.Parameters);
    await this.#cloudFormation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody,
        Parameters: declared.map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
        Tags: [{ Key: 'hivemind:deployment', Value: DEPLOYMENT }],
      }),
    );
    this.#made.unshift(StackName);
    const { Stacks } = await this.#cloudFormation.send(new DescribeStacksCommand({ StackName }));
    const outputs = (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [
      OutputKey,
      OutputValue,
    ]);
    return {
      name: StackName,
      status: Stacks?.[0]?.StackStatus,
      outputs: Object.fromEntries(outputs),
      declared: Object.keys(template.Outputs),
    };
  }

  /** The newest first, because it may use the ones before it. */
  async removeAll(): Promise<void> {
    for (const StackName of this.#made.splice(0)) {
      await this.#cloudFormation.send(new DeleteStackCommand({ StackName }));
    }
  }

  close(): void {
    this.#cloudFormation.destroy();
  }
}
