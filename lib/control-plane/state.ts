import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { removalPolicyOf, type Settings } from './settings.ts';

/** Everything that HiveMind remembers, in one table; src/adapters/aws/deployment-store says what the keys hold. */
export class State extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const text = (name: string) => ({ name, type: AttributeType.STRING });
    this.table = new Table(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.removalPolicy === 'retain',
      removalPolicy: removalPolicyOf(settings),
    });
    for (const [index, indexName] of ['byStatus', 'byTime'].entries()) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(`gsi${index + 1}pk`),
        sortKey: text(`gsi${index + 1}sk`),
        projectionType: ProjectionType.ALL,
      });
    }
    accept(this.table, {
      'NIST.800.53.R5-DynamoDBInBackupPlan':
        'Point-in-time recovery restores any second of the last 35 days; a backup plan would keep the same data a second time.',
    });
  }
}
