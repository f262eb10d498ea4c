import { runInNewContext } from 'node:vm';

export interface DataPoint {
  readonly at: Date;
  /** NaN where there is none. */
  readonly value: number;
}

/** A metric at one moment; the one before is known. */
class Metric {
  readonly now: DataPoint;
  readonly before: DataPoint | undefined;

  constructor(series: readonly DataPoint[], index: number) {
    this.now = series[index] ?? { at: new Date(Number.NaN), value: Number.NaN };
    this.before = series[index - 1];
  }

  /** For arithmetic, in which a missing value makes the result missing. */
  valueOf(): number {
    return this.now.value;
  }
}

/**
 * What expressions of ours use, as CloudWatch has it:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax
 */
const FUNCTIONS = {
  /** Monday is 1. */
  DAY: ({ now }: Metric) => now.at.getUTCDay() || 7,
  DATE: ({ now }: Metric) => now.at.getUTCDate(),
  /** A second. */
  RATE: ({ now, before }: Metric) =>
    before ? ((now.value - before.value) * 1_000) / (now.at.getTime() - before.at.getTime()) : Number.NaN,
  IF: (condition: boolean, yes: number, no: number) => (condition ? Number(yes) : Number(no)),
  FILL: (metric: Metric, value: number) => (Number.isNaN(Number(metric)) ? value : Number(metric)),
  /** Of those that there are. */
  MAX: (metrics: readonly Metric[]) => {
    const known = metrics.map(Number).filter((value) => !Number.isNaN(value));
    return known.length === 0 ? Number.NaN : Math.max(...known);
  },
};

/** @throws {Error} a function or a metric that nobody has */
export function mathValue(
  expression: string,
  metrics: Readonly<Record<string, readonly DataPoint[]>>,
  index: number,
): number {
  const named = Object.entries(metrics).map(([id, series]) => [id, new Metric(series, index)]);
  return Number(runInNewContext(expression, { ...FUNCTIONS, ...Object.fromEntries(named) }));
}
