import type { ModelsView } from '../contracts/models.ts';
import { dayBudgetKey } from '../domain/models/budget.ts';
import { type ModelCall, type ModelFailure, SETUP_FAILURES } from '../domain/models/model-call.ts';
import {
  MODEL_LEVELS,
  type ModelReference,
  type ModelSettings,
  modelName,
} from '../domain/models/model-settings.ts';
import { usdOfNano } from '../domain/models/money.ts';
import { priceList, priceOf } from '../domain/models/price.ts';
import { timeAfter } from '../domain/time.ts';
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

/** Enough to see how the newest calls of each model ended. */
const LOOK_BACK_SECONDS = 86_400;
const MOST_CALLS = 100;

/** Which models may be asked, how they do, and what is left of the budgets. */
export async function describeModels({ clock, models }: ModelPorts): Promise<ModelsView> {
  const { settings, ledger, breakers } = models;
  const { perDayNanoUsd, perDeploymentNanoUsd } = settings.budgets;
  const now = clock.now();
  const [known, [day], calls] = await Promise.all([
    breakers.list(),
    ledger.budgets([dayBudgetKey(now)]),
    ledger.list({ since: timeAfter(now, -LOOK_BACK_SECONDS), limit: MOST_CALLS }),
  ]);
  const chain = MODEL_LEVELS.flatMap((level) => {
    const model = settings.models[level];
    return model ? [{ level, model }] : [];
  });
  return {
    models: chain.map(({ level, model }) => {
      const { state = 'closed', failures = 0 } = known.find((each) => each.model === modelName(model)) ?? {};
      const shown = { level, model: modelName(model), breaker: state, failures };
      return { ...shown, ...refusalOf(modelName(model), calls), ...shownPrice(model) };
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

/** How the newest call of a model ended, when that says that its set-up is wrong. */
function refusalOf(model: string, newestFirst: readonly ModelCall[]): { refused?: ModelFailure } {
  const failure = newestFirst.find((call) => call.model === model && call.settledAt !== null)?.failure;
  return failure && SETUP_FAILURES.includes(failure) ? { refused: failure } : {};
}

function shownPrice(model: ModelReference): { isPriceKnown: boolean; inputUsd: number; outputUsd: number } {
  const { isKnown, tiers } = priceOf(model);
  const [shortest] = tiers;
  // A picodollar for a token is a microdollar for a million of them.
  const { input, output } = shortest?.picoUsdPerToken ?? { input: 0, output: 0 };
  return { isPriceKnown: isKnown, inputUsd: input / 1e6, outputUsd: output / 1e6 };
}
