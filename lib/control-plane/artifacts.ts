import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { removalPolicyOf, type Settings } from './settings.ts';

const REPLICATION =
  'What is in it can be made again from the repository at the same commit, or is a log; a copy in a second region would double its cost.';

/**
 * Sources and what belongs to one build are only needed while a deploy runs; a retry after their end fetches and builds again.
 * Artifacts, the build programs and snapshots have no end of their own: a release may run for years, and a rollback needs the
 * artifact before it. The Janitor removes them with their deployment.
 */
const LIFECYCLE: readonly LifecycleRule[] = [
  { id: 'sources', prefix: 'sources/', expiration: Duration.days(30) },
  { id: 'builds', prefix: 'builds/', expiration: Duration.days(7) },
  {
    id: 'remains',
    noncurrentVersionExpiration: Duration.days(7),
    abortIncompleteMultipartUploadAfter: Duration.days(1),
    expiredObjectDeleteMarker: true,
  },
];

/** Where builds and logs of access are kept. */
export class Artifacts extends Construct {
  readonly bucket: Bucket;
  readonly accessLogs: IBucket;

  constructor(scope: Construct, id: string, { key, settings }: { key: IKey; settings: Settings }) {
    super(scope, id);
    // The types of CDK are not written for exact optional properties.
    this.accessLogs = this.accessLogBucket(settings) as IBucket;
    this.bucket = new Bucket(this, 'Bucket', {
      ...safe(settings),
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: this.accessLogs,
      serverAccessLogsPrefix: 'artifacts/',
      lifecycleRules: [...LIFECYCLE],
    });
    accept(this.bucket, { 'NIST.800.53.R5-S3BucketReplicationEnabled': REPLICATION });
  }

  private accessLogBucket(settings: Settings): Bucket {
    const bucket = new Bucket(this, 'AccessLogs', {
      ...safe(settings),
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [
        {
          id: 'retention',
          expiration: Duration.days(settings.logRetentionDays),
          noncurrentVersionExpiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    for (const statement of logDelivery(bucket)) bucket.addToResourcePolicy(statement);
    accept(bucket, {
      'NIST.800.53.R5-S3BucketReplicationEnabled': REPLICATION,
      'NIST.800.53.R5-S3DefaultEncryptionKMS':
        'Elastic Load Balancing delivers access logs only to buckets that are encrypted with keys of S3 itself.',
    });
    return bucket;
  }
}

const safe = (settings: Settings): BucketProps => ({
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  versioned: true,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: removalPolicyOf(settings),
});

/** Who writes logs into the bucket: load balancers and flow logs of this account and region. */
function logDelivery(bucket: Bucket): readonly PolicyStatement[] {
  const { partition, region, account } = Stack.of(bucket);
  const from = (service: string, resource: string) => ({
    StringEquals: { 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': `arn:${partition}:${service}:${region}:${account}:${resource}` },
  });
  const delivery = new ServicePrincipal('delivery.logs.amazonaws.com');
  return [
    new PolicyStatement({
      sid: 'LoadBalancerAccessLogs',
      principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`load-balancer/*/AWSLogs/${account}/*`)],
      // No condition: Elastic Load Balancing is reported not to send the keys of one. The path names the account.
    }),
    new PolicyStatement({
      sid: 'FlowLogs',
      principals: [delivery],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
      conditions: from('logs', '*'),
    }),
    new PolicyStatement({
      sid: 'FlowLogsCheck',
      principals: [delivery],
      actions: ['s3:GetBucketAcl', 's3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: from('logs', '*'),
    }),
  ];
}
