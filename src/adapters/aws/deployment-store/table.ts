import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/**
 * The one table. A partition holds what is read together:
 *
 * | pk | sk | what |
 * |---|---|---|
 * | `deployment#<id>` | `deployment` | the deployment, in both indexes |
 * | | `lock` | the lease of whoever changes it |
 * | | `release#<number>` | a release |
 * | | `result#<stage>#<digest>` | a stage's result |
 * | | `document#<kind>` | verification, findings, report |
 * | | `event#<sequence>` | an entry of the history |
 * | `execution#<id>` | `execution` | the execution, in both indexes |
 * | | `stage#<stage>` | what it did for a stage |
 * | | `fix#<id>` | a proposed fix, and what became of it |
 * | | `events` | where its events begin in the history of its deployment |
 * | `name#<name>` | `holder` | the deployment that has the name now |
 * | | `deployment#<time>#<id>` | every deployment that ever had it |
 * | `control-plane` | `freeze` | the order to change nothing |
 * | `model-calls#<day>` | `<time>#<id>` | a call of a language model, `byTime` among those of its deployment |
 * | `model-budget#<key>` | `budget` | what of a budget is spent and set aside, and the alerts that were handed out |
 * | `model-breakers` | `<model>` | whether a model may be asked |
 * | `model-answer#<key>` | `answer` | a cached answer, `byTime` among those of its scope when it has an embedding |
 */
export const TABLE_KEY = { partition: 'pk', sort: 'sk' } as const;

/** `byStatus`: deployments and executions of one status. `byTime`: deployments, and executions of one deployment. Oldest first. */
export const TABLE_INDEXES = {
  byStatus: { partition: 'gsi1pk', sort: 'gsi1sk' },
  byTime: { partition: 'gsi2pk', sort: 'gsi2sk' },
} as const;
export type TableIndex = keyof typeof TABLE_INDEXES;

/** In seconds since 1970; DynamoDB removes the item some time after. Leases have one, and all about models but their breakers. */
export const TIME_TO_LIVE = 'expiresAt';

/** The table for whoever makes it without CloudFormation. */
export const createTableInput = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [TABLE_KEY, TABLE_INDEXES.byStatus, TABLE_INDEXES.byTime].flatMap((key) =>
    [key.partition, key.sort].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  ),
  KeySchema: keySchema(TABLE_KEY),
  GlobalSecondaryIndexes: Object.entries(TABLE_INDEXES).map(([IndexName, key]) => ({
    IndexName,
    KeySchema: keySchema(key),
    Projection: { ProjectionType: 'ALL' as const },
  })),
});

const keySchema = ({ partition, sort }: { readonly partition: string; readonly sort: string }) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
];
