import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { noticeBudget } from '../../src/adapters/anywhere/budget-notice.ts';
import { languageModel } from '../../src/adapters/anywhere/language-model.ts';
import type { ClientSettings } from '../../src/adapters/aws/client-settings.ts';
import type { ControlPlane } from '../../src/adapters/aws/control-plane.ts';
import { configuredModels } from '../../src/adapters/aws/model-configuration.ts';
import { awsModelStores } from '../../src/adapters/aws/model-stores.ts';
import { awsNotifications } from '../../src/adapters/aws/notifications.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';

export interface AwsModelsOptions {
  readonly client: DynamoDBClient;
  readonly controlPlane: ControlPlane;
  readonly clock: Clock;
  readonly store: Pick<DeploymentStore, 'appendEvent'>;
  readonly settings: ClientSettings;
}

/** The language models of the control plane, asked with the operator's own credentials, and what is known of all calls. */
export function createAwsModels({ client, controlPlane, clock, store, settings }: AwsModelsOptions) {
  const { table, alarmTopicArn: topicArn } = controlPlane;
  const configured = configuredModels(controlPlane.models);
  const { cache, ...known } = awsModelStores({ client, table, clock });
  const models = {
    settings: { ...configured, region: configured.region ?? settings.region ?? null },
    ...known,
  };
  const model = languageModel({
    ...models,
    cache,
    clock,
    environment: process.env,
    onAlert: (alert) => {
      const topic = { client: new SNSClient(settings), topicArn, onFailure: () => undefined };
      return noticeBudget({ store, notifications: awsNotifications(topic) }, alert);
    },
    // The ledger has it, and a command has no log of its own.
    onCall: () => undefined,
  });
  return { models, model };
}
