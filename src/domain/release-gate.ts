/** Within which two latencies a percentile lies. */
export interface LatencyBounds {
  readonly least: number;
  readonly most: number;
}

/** Requests of one colour within a time. */
export interface ColorTraffic {
  readonly requests: number;
  /** Answered with 5xx, or not at all. */
  readonly errors: number;
  /** Null without requests. */
  readonly p95Milliseconds: number | null;
  readonly slowestMilliseconds: number | null;
  /** What the number of requests leaves no doubt about, in milliseconds, where the platform knows the single ones. */
  readonly certain?: { readonly p50: LatencyBounds; readonly p95: LatencyBounds } | undefined;
}

/** What a release is compared with: the one before it in the same time, or before it had all of the traffic. */
export type Reference = 'beside' | 'before';

/** More than a fifth slower than the release before it is a worse release: requirement A12. At another time even a good one may be. */
const SLOWER_FACTOR: Readonly<Record<Reference, number>> = { beside: 1.2, before: 1.5 };
/** Within this difference two fast applications are alike: timers and queues of one machine make as much. */
const SLOWER_MILLISECONDS = 25;
/** The same when not only the slow requests are slower: a new process is slow at times, not all the time. */
const ALL_SLOWER_MILLISECONDS = 4;
/** A p95 of fewer requests is one of them. */
export const LEAST_REQUESTS_FOR_LATENCY = 40;
/** One error among many may be a client's; the second in the same moment is the release's. */
const LEAST_ERRORS = 2;
/** Standard deviations within which the number of errors varies by chance. */
const CHANCE = 2;

/**
 * Judges a release by its share of the traffic, beside the release that it is to replace.
 * @returns why it is worse, in words; undefined when it is not
 */
export function rejectionOf(
  candidate: ColorTraffic,
  live: ColorTraffic,
  reference: Reference = 'beside',
): string | undefined {
  return errorRejection(candidate, live) ?? latencyRejection(candidate, live, reference);
}

export function errorRejection(candidate: ColorTraffic, live: ColorTraffic): string | undefined {
  if (candidate.errors < LEAST_ERRORS) return undefined;
  const liveRate = live.requests === 0 ? 0 : live.errors / live.requests;
  const expected = candidate.requests * liveRate;
  const atMost = expected * SLOWER_FACTOR.beside + CHANCE * Math.sqrt(expected);
  if (candidate.errors <= atMost) return undefined;
  const rate = candidate.errors / candidate.requests;
  return `${candidate.errors} of ${candidate.requests} requests failed (${percent(rate)}); of the release before it ${percent(liveRate)}`;
}

export function latencyRejection(
  candidate: ColorTraffic,
  live: ColorTraffic,
  reference: Reference = 'beside',
): string | undefined {
  const fewest = Math.min(candidate.requests, live.requests);
  const slow = latencyOf(candidate);
  const usual = latencyOf(live);
  if (slow === null || usual === null || fewest < LEAST_REQUESTS_FOR_LATENCY) return undefined;
  const factor = SLOWER_FACTOR[reference];
  const tail = (milliseconds: number) => isSlower(slow.p95, usual.p95, factor, milliseconds);
  // When the median is slower beyond doubt, the p95 need not be so; undefined where the platform does not tell.
  const all = (milliseconds: number) =>
    isSlower(only(slow.typical), only(usual.typical), factor, milliseconds) &&
    (slow.p50 && usual.p50 ? isSlower(slow.p50, usual.p50, factor, milliseconds) : undefined);
  const isWorse =
    reference === 'beside'
      ? tail(SLOWER_MILLISECONDS) || all(ALL_SLOWER_MILLISECONDS) === true
      : all(SLOWER_MILLISECONDS) !== false;
  if (!isWorse) return undefined;
  return `95 of 100 requests take up to ${textOf(slow)}; of the release before it ${textOf(usual)}`;
}

interface Latency {
  readonly typical: number;
  readonly p95: LatencyBounds;
  readonly p50: LatencyBounds | undefined;
}

function latencyOf({ p95Milliseconds, certain }: ColorTraffic): Latency | null {
  if (p95Milliseconds === null) return null;
  const p95 = certain?.p95 ?? only(p95Milliseconds);
  return { typical: p95Milliseconds, p95, p50: certain?.p50 };
}

const textOf = ({ typical, p50 }: Latency): string =>
  `${Math.round(typical)} ms${p50 ? ` and half of them ${Math.round((p50.least + p50.most) / 2)} ms` : ''}`;

const only = (milliseconds: number): LatencyBounds => ({ least: milliseconds, most: milliseconds });

/** Beyond doubt by that factor and by that many milliseconds. */
const isSlower = (slow: LatencyBounds, usual: LatencyBounds, factor: number, milliseconds: number): boolean =>
  slow.least > usual.most * factor && slow.least - usual.most > milliseconds;

const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`;
