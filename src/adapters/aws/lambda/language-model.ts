import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { asHiveMindError } from '../../../domain/errors.ts';
import type { BudgetAlert } from '../../../domain/models/budget.ts';
import type { ModelCall } from '../../../domain/models/model-call.ts';
import { callLogLine } from '../../../domain/models/model-news.ts';
import { hasModel } from '../../../domain/models/model-settings.ts';
import { usdOfNano } from '../../../domain/models/money.ts';
import type { LanguageModel } from '../../../ports/language-model.ts';
import type { StagePorts } from '../../../stages/stage-context.ts';
import { noticeBudget } from '../../anywhere/budget-notice.ts';
import { languageModel, noModel } from '../../anywhere/language-model.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import { configuredModels } from '../model-configuration.ts';
import { awsModelStores } from '../model-stores.ts';
import { logger, metrics, newClient } from './observability.ts';

/** The language models of the control plane, for an agent's function: what it asks is in the ledger, the metrics and its log. */
export function functionModel(
  ports: Pick<StagePorts, 'clock' | 'store' | 'telemetry'>,
  environment: NodeJS.ProcessEnv = process.env,
): LanguageModel {
  const { table, models } = controlPlaneFacts(environment, ['table', 'models']);
  const settings = configuredModels(models);
  if (!hasModel(settings)) return noModel;
  const { clock } = ports;
  return languageModel({
    settings,
    clock,
    environment,
    ...awsModelStores({ client: newClient(DynamoDBClient), table, clock }),
    onAlert: (alert) => notice(ports, alert),
    onCall: (call) => {
      measure(call);
      if (call.deploymentId !== null) ports.telemetry.log(call.deploymentId, callLogLine(call, clock.now()));
    },
    onTrouble: (thrown) => {
      const { code, message: text, hint } = asHiveMindError(thrown);
      logger.error('a language model cannot be asked', { code, text, hint });
    },
  });
}

/** Nearly no call reaches a percent of a budget, so nearly none loads what it takes to tell. */
async function notice({ store }: Pick<StagePorts, 'store'>, alert: BudgetAlert): Promise<void> {
  const { alarmNotifications } = await import('./alarm-notifications.ts');
  await noticeBudget({ store, notifications: alarmNotifications() }, alert);
}

/** By agent and model, and the cost by agent alone, which is what an alarm can add up. */
function measure(call: ModelCall): void {
  const { model, level, latencyMilliseconds, usage, failure } = call;
  metrics.addMetric('ModelCost', MetricUnit.Count, usdOfNano(call.costNanoUsd));
  const each = new Metrics();
  each.addDimension('model', model ?? 'rules');
  each.addMetadata('level', level);
  each.addMetric('ModelCalls', MetricUnit.Count, 1);
  each.addMetric('ModelFailures', MetricUnit.Count, failure === null ? 0 : 1);
  each.addMetric('ModelCostUsd', MetricUnit.Count, usdOfNano(call.costNanoUsd));
  each.addMetric('ModelLatency', MetricUnit.Milliseconds, latencyMilliseconds);
  each.addMetric('ModelInputTokens', MetricUnit.Count, usage.inputTokens);
  each.addMetric('ModelOutputTokens', MetricUnit.Count, usage.outputTokens);
  each.addMetric('ModelCacheReadTokens', MetricUnit.Count, usage.cacheReadTokens);
  each.publishStoredMetrics();
}
