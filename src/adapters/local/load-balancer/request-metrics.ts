import type { ColorTraffic, LatencyBounds } from '../../../domain/release-gate.ts';
import type { DeploymentMetrics } from '../../../ports/telemetry.ts';

/** Numbers of the requests that began to be answered within the window; latency is up to the head of the answer. */
export interface RequestNumbers
  extends Pick<DeploymentMetrics, 'windowSeconds' | 'requests' | 'responses' | 'latencyMilliseconds'> {
  /** Since the load balancer was started. */
  readonly totalRequests: number;
}

export const WINDOW_SECONDS = 300;
const SLOT_SECONDS = 5;

/** Of one colour: long enough for a swap, fine enough to tell a step from the one before it. */
export const COLOR_WINDOW = { windowSeconds: 900, slotSeconds: 1 } as const;

/** Bounds of the latency histogram grow by a tenth each, from 0.1 ms to 160 s: quantiles are right to 5 %. */
const FIRST_BOUND_MILLISECONDS = 0.1;
const GROWTH = 1.1;
const BOUNDS = 155;

interface Slot {
  /** Which slot since the start of the clock. */
  period: number;
  /** Responses by first digit of the status. */
  readonly responses: Uint32Array;
  readonly latencies: Uint32Array;
  slowestMilliseconds: number;
}

/** Counts requests over a sliding window in constant memory. */
export class RequestMetrics {
  readonly #now: () => number;
  readonly #slotSeconds: number;
  readonly #slotCount: number;
  readonly #slots: Slot[] = [];
  #totalRequests = 0;

  /** @param now a clock in milliseconds that never goes back */
  constructor(
    now: () => number = () => performance.now(),
    { windowSeconds, slotSeconds } = { windowSeconds: WINDOW_SECONDS, slotSeconds: SLOT_SECONDS },
  ) {
    this.#now = now;
    this.#slotSeconds = slotSeconds;
    this.#slotCount = windowSeconds / slotSeconds;
  }

  record(status: number, milliseconds: number): void {
    const slot = this.#slotOf(Math.floor(this.#now() / (this.#slotSeconds * 1_000)));
    increment(slot.responses, Math.floor(status / 100));
    increment(slot.latencies, boundIndex(milliseconds));
    slot.slowestMilliseconds = Math.max(slot.slowestMilliseconds, milliseconds);
    this.#totalRequests += 1;
  }

  read(windowSeconds: number): RequestNumbers {
    const slotCount = Math.min(this.#slotCount, Math.max(1, Math.ceil(windowSeconds / this.#slotSeconds)));
    const slots = this.#newest(slotCount);
    const responses = sum(slots.map((slot) => slot.responses));
    const latencies = sum(slots.map((slot) => slot.latencies));
    const requests = latencies.reduce((total, count) => total + count, 0);
    const quantile = (share: number) => quantileOf(latencies, share * requests);
    return {
      windowSeconds: slotCount * this.#slotSeconds,
      requests,
      responses: {
        '2xx': responses[2] ?? 0,
        '3xx': responses[3] ?? 0,
        '4xx': responses[4] ?? 0,
        '5xx': responses[5] ?? 0,
      },
      latencyMilliseconds:
        requests === 0 ? null : { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) },
      totalRequests: this.#totalRequests,
    };
  }

  /** The requests since a moment, to the slot. */
  since(milliseconds: number): ColorTraffic {
    const age = Math.max(0, this.#now() - milliseconds);
    const slots = this.#newest(Math.min(this.#slotCount, Math.floor(age / (this.#slotSeconds * 1_000)) + 1));
    const latencies = sum(slots.map((slot) => slot.latencies));
    const requests = latencies.reduce((total, count) => total + count, 0);
    return {
      requests,
      errors: slots.reduce((total, { responses }) => total + (responses[5] ?? 0), 0),
      p95Milliseconds: requests === 0 ? null : quantileOf(latencies, 0.95 * requests),
      slowestMilliseconds:
        requests === 0 ? null : Math.max(...slots.map(({ slowestMilliseconds }) => slowestMilliseconds)),
      ...(requests > 0 && { certain: { p50: boundsOf(latencies, 0.5), p95: boundsOf(latencies, 0.95) } }),
    };
  }

  #newest(slotCount: number): readonly Slot[] {
    const oldest = Math.floor(this.#now() / (this.#slotSeconds * 1_000)) - slotCount;
    return this.#slots.filter((slot) => slot !== undefined && slot.period > oldest);
  }

  #slotOf(period: number): Slot {
    const present = this.#slots[period % this.#slotCount];
    if (present?.period === period) return present;
    const slot = present ?? {
      period,
      responses: new Uint32Array(10),
      latencies: new Uint32Array(BOUNDS),
      slowestMilliseconds: 0,
    };
    slot.period = period;
    slot.responses.fill(0);
    slot.latencies.fill(0);
    slot.slowestMilliseconds = 0;
    this.#slots[period % this.#slotCount] = slot;
    return slot;
  }
}

function increment(counts: Uint32Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function boundIndex(milliseconds: number): number {
  if (milliseconds <= FIRST_BOUND_MILLISECONDS) return 0;
  const index = Math.ceil(Math.log(milliseconds / FIRST_BOUND_MILLISECONDS) / Math.log(GROWTH));
  return Math.min(index, BOUNDS - 1);
}

function sum(histograms: readonly Uint32Array[]): number[] {
  const total: number[] = [];
  for (const histogram of histograms) {
    for (const [index, count] of histogram.entries()) total[index] = (total[index] ?? 0) + count;
  }
  return total;
}

/** Half the width of an interval that holds 99 of 100 values, in standard deviations. */
const CONFIDENCE = 2.58;

/** Where the quantile of an endless series lies of which these are a sample: between the values of two ranks (binomial). */
function boundsOf(latencies: readonly number[], share: number): LatencyBounds {
  const requests = latencies.reduce((total, count) => total + count, 0);
  const margin = CONFIDENCE * Math.sqrt(requests * share * (1 - share));
  const at = (rank: number) => quantileOf(latencies, Math.min(requests, Math.max(1, rank)));
  return { least: at(share * requests - margin), most: at(share * requests + margin) };
}

/** The middle of the bucket that holds the request of this rank. */
function quantileOf(latencies: readonly number[], rank: number): number {
  let passed = 0;
  const index = latencies.findIndex((count) => {
    passed += count;
    return count > 0 && passed >= rank;
  });
  const middle = FIRST_BOUND_MILLISECONDS * GROWTH ** (Math.max(index, 0) - 0.5);
  return Number(middle.toPrecision(3));
}
