import type { DatabaseSync } from 'node:sqlite';
import { type BudgetNoticePorts, noticeBudget } from '../../src/adapters/anywhere/budget-notice.ts';
import { languageModel } from '../../src/adapters/anywhere/language-model.ts';
import { localAnswerCache } from '../../src/adapters/local/answer-cache.ts';
import { localModelBreakers } from '../../src/adapters/local/model-breakers.ts';
import { localModelLedger } from '../../src/adapters/local/model-ledger.ts';
import { asHiveMindError, type HiveMindError } from '../../src/domain/errors.ts';
import { callLogLine } from '../../src/domain/models/model-news.ts';
import type { ModelSettings } from '../../src/domain/models/model-settings.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';

export interface LocalModelsOptions extends BudgetNoticePorts {
  readonly settings: ModelSettings;
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly environment: NodeJS.ProcessEnv;
  /** Hears what of the models does not work while agents go on without them. */
  readonly logError: (error: HiveMindError) => void;
}

/** The gateway of this machine, and what is known of its calls. */
export function createLocalModels(options: LocalModelsOptions) {
  const { settings, database, clock, telemetry, environment, logError } = options;
  const ledger = localModelLedger({ database, clock });
  const breakers = localModelBreakers({ database });
  const model = languageModel({
    settings,
    ledger,
    breakers,
    cache: localAnswerCache({ database, clock }),
    clock,
    environment,
    onAlert: (alert) => noticeBudget(options, alert),
    onCall: (call) => {
      if (call.deploymentId !== null) telemetry.log(call.deploymentId, callLogLine(call, clock.now()));
    },
    onTrouble: (error) => logError(asHiveMindError(error)),
  });
  return { settings, ledger, breakers, model };
}
