import type { ModelExplanation } from './model-explanation.ts';

export const ANOMALY_KINDS = ['errors', 'latency', 'restarts', 'memory', 'saturation', 'other'] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];
export const ANOMALY_SEVERITIES = ['info', 'warn'] as const;

interface StandingOut {
  readonly what: AnomalyKind;
  readonly severity: (typeof ANOMALY_SEVERITIES)[number];
  /** What shows it: numbers of the metrics, or a line of the log. */
  readonly evidence: string;
}

export interface RuleAnomaly extends StandingOut {
  readonly explanation: string;
}

export interface ModelAnomaly extends StandingOut {
  readonly explanation: ModelExplanation;
}

/** Something in the numbers and the log of a release that is not as it should be. It informs, and nothing is decided by it. */
export type Anomaly = RuleAnomaly | ModelAnomaly;

/** Numbers of a deployment over the last minutes. */
export interface MeasuredFacts {
  readonly requests: number;
  readonly responses: { readonly '5xx': number };
  readonly latencyMilliseconds: { readonly p50: number; readonly p99: number } | null;
  readonly instances: readonly { readonly id: string; readonly restarts: number }[];
}

const MOST_ERRORS = 0.01;
const SLOW_FACTOR = 10;
/** A faster answer than this is slow to nobody, whatever the others take: the first one after a start is often such. */
const SLOW_MILLISECONDS = 250;
/** More of them are no accident. */
const FEW_RESTARTS = 2;

/** What stands out by rules. How much memory an instance may have is not measured, so nothing is said of it. */
export const anomaliesByRules = (metrics: MeasuredFacts): readonly RuleAnomaly[] => [
  ...errors(metrics),
  ...latency(metrics),
  ...restarts(metrics),
];

function errors({ requests, responses }: MeasuredFacts): readonly RuleAnomaly[] {
  const failed = responses['5xx'];
  if (requests === 0 || failed / requests <= MOST_ERRORS) return [];
  return [
    {
      what: 'errors',
      severity: 'warn',
      explanation: `${((failed / requests) * 100).toFixed(1)} % of the requests failed with a status of 500 or above`,
      evidence: `5xx ${failed} of ${requests} requests`,
    },
  ];
}

function latency({ latencyMilliseconds: measured }: MeasuredFacts): readonly RuleAnomaly[] {
  if (measured === null) return [];
  const { p50, p99 } = measured;
  if (p99 < SLOW_MILLISECONDS || p99 <= p50 * SLOW_FACTOR) return [];
  return [
    {
      what: 'latency',
      severity: 'info',
      explanation: `the slowest of a hundred requests take more than ${SLOW_FACTOR} times as long as half of them`,
      evidence: `p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms`,
    },
  ];
}

function restarts({ instances }: MeasuredFacts): readonly RuleAnomaly[] {
  const restarted = instances.filter((instance) => instance.restarts > 0);
  if (restarted.length === 0) return [];
  const most = Math.max(...restarted.map((instance) => instance.restarts));
  return [
    {
      what: 'restarts',
      severity: most > FEW_RESTARTS ? 'warn' : 'info',
      explanation: 'instances ended by themselves and were started again',
      evidence: restarted.map((instance) => `${instance.id}: ${instance.restarts}`).join(', '),
    },
  ];
}
