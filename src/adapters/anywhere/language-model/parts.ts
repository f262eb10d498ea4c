import type { BudgetAlert } from '../../../domain/models/budget.ts';
import type { ModelCall } from '../../../domain/models/model-call.ts';
import type { ModelSettings } from '../../../domain/models/model-settings.ts';
import type { AnswerCache } from '../../../ports/answer-cache.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ModelBreakers } from '../../../ports/model-breakers.ts';
import type { ModelLedger } from '../../../ports/model-ledger.ts';
import type { Background } from './background.ts';
import type { BreakerGate } from './breaker-gate.ts';
import type { Bulkheads } from './bulkheads.ts';

/** What a gateway is made with. */
export interface GatewayOptions {
  readonly settings: ModelSettings;
  readonly ledger: ModelLedger;
  readonly breakers: ModelBreakers;
  readonly cache: AnswerCache;
  readonly clock: Clock;
  /** A budget reached a percent for the first time. */
  readonly onAlert: (alert: BudgetAlert) => void | Promise<void>;
  /** A line of the ledger has its final form. */
  readonly onCall: (call: ModelCall) => void;
  /** Variables of the process: the region of Bedrock, keys of other providers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Something of ours does not work, while questions are answered or left to the rules: a store that does not answer, the package of a
   * provider that is not installed. @default a warning of the process
   */
  readonly onTrouble?: (error: unknown) => void;
}

/** What every call needs, for the life of a gateway. */
export interface GatewayParts extends Omit<GatewayOptions, 'breakers' | 'environment'> {
  readonly breakers: BreakerGate;
  readonly bulkheads: Bulkheads;
  readonly background: Background;
  readonly onTrouble: (error: unknown) => void;
}
