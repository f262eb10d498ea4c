import type { ModelsView } from '../contracts/models.ts';
import { dayBudgetKey } from '../domain/models/budget.ts';
import {
  MODEL_LEVELS,
  type ModelReference,
  type ModelSettings,
  modelName,
} from '../domain/models/model-settings.ts';
import { usdOfNano } from '../domain/models/money.ts';
import { priceList, priceOf } from '../domain/models/price.ts';
import type { Clock } from '../ports/clock.ts';
import type { ModelBreakers } from '../ports/model-breakers.ts';
import type { ModelLedger } from '../ports/model-ledger.ts';

export interface ModelPorts {
  readonly clock: Clock;
  readonly models: {
    readonly settings: ModelSettings;
    readonly ledger: Pick<ModelLedger, 'budgets' | 'list'>;
    readonly breakers: Pick<ModelBreakers, 'list'>;
  };
}

/** Which models may be asked, how they do, and what is left of the budgets. */
export async function describeModels({ clock, models }: ModelPorts): Promise<ModelsView> {
  const { settings, ledger, breakers } = models;
  const { perDayNanoUsd, perDeploymentNanoUsd } = settings.budgets;
  const [known, [day]] = await Promise.all([breakers.list(), ledger.budgets([dayBudgetKey(clock.now())])]);
  const chain = MODEL_LEVELS.flatMap((level) => {
    const model = settings.models[level];
    return model ? [{ level, model }] : [];
  });
  return {
    models: chain.map(({ level, model }) => {
      const { state = 'closed', failures = 0 } = known.find((each) => each.model === modelName(model)) ?? {};
      return { level, model: modelName(model), breaker: state, failures, ...shownPrice(model) };
    }),
    embedding: settings.embedding && modelName(settings.embedding),
    budgets:
      perDayNanoUsd === null
        ? []
        : [
            {
              period: 'day',
              limitUsd: usdOfNano(perDayNanoUsd),
              spentUsd: usdOfNano(day?.spentNanoUsd ?? 0),
              reservedUsd: usdOfNano(day?.reservedNanoUsd ?? 0),
            },
          ],
    deploymentLimitUsd: perDeploymentNanoUsd === null ? null : usdOfNano(perDeploymentNanoUsd),
    prices: { asOf: priceList.asOf, sources: [...priceList.sources] },
  };
}

function shownPrice(model: ModelReference): { isPriceKnown: boolean; inputUsd: number; outputUsd: number } {
  const { isKnown, tiers } = priceOf(model);
  const [shortest] = tiers;
  // A picodollar for a token is a microdollar for a million of them.
  const { input, output } = shortest?.picoUsdPerToken ?? { input: 0, output: 0 };
  return { isPriceKnown: isKnown, inputUsd: input / 1e6, outputUsd: output / 1e6 };
}
