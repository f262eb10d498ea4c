import type { DeploymentMetrics } from '../../../ports/telemetry.ts';

/** Numbers of the requests that began to be answered within the window; latency is up to the head of the answer. */
export interface RequestNumbers
  extends Pick<DeploymentMetrics, 'windowSeconds' | 'requests' | 'responses' | 'latencyMilliseconds'> {
  /** Since the load balancer was started. */
  readonly totalRequests: number;
}

export const WINDOW_SECONDS = 300;
const SLOT_SECONDS = 5;
const SLOTS = WINDOW_SECONDS / SLOT_SECONDS;

/** Bounds of the latency histogram grow by a tenth each, from 0.1 ms to 160 s: quantiles are right to 5 %. */
const FIRST_BOUND_MILLISECONDS = 0.1;
const GROWTH = 1.1;
const BOUNDS = 155;

interface Slot {
  /** Which five seconds since the start of the clock. */
  period: number;
  /** Responses by first digit of the status. */
  readonly responses: Uint32Array;
  readonly latencies: Uint32Array;
}

/** Counts requests over a sliding window in constant memory. */
export class RequestMetrics {
  readonly #now: () => number;
  readonly #slots: Slot[] = [];
  #totalRequests = 0;

  /** @param now a clock in milliseconds that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  record(status: number, milliseconds: number): void {
    const slot = this.#slotOf(Math.floor(this.#now() / (SLOT_SECONDS * 1_000)));
    increment(slot.responses, Math.floor(status / 100));
    increment(slot.latencies, boundIndex(milliseconds));
    this.#totalRequests += 1;
  }

  read(windowSeconds: number): RequestNumbers {
    const slotCount = Math.min(SLOTS, Math.max(1, Math.ceil(windowSeconds / SLOT_SECONDS)));
    const oldest = Math.floor(this.#now() / (SLOT_SECONDS * 1_000)) - slotCount;
    const slots = this.#slots.filter((slot) => slot.period > oldest);
    const responses = sum(slots.map((slot) => slot.responses));
    const latencies = sum(slots.map((slot) => slot.latencies));
    const requests = latencies.reduce((total, count) => total + count, 0);
    const quantile = (share: number) => quantileOf(latencies, share * requests);
    return {
      windowSeconds: slotCount * SLOT_SECONDS,
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

  #slotOf(period: number): Slot {
    const present = this.#slots[period % SLOTS];
    if (present?.period === period) return present;
    const slot = present ?? { period, responses: new Uint32Array(10), latencies: new Uint32Array(BOUNDS) };
    slot.period = period;
    slot.responses.fill(0);
    slot.latencies.fill(0);
    this.#slots[period % SLOTS] = slot;
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
