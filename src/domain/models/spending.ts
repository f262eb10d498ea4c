import { secondsBetween, timeAfter, utcDay } from '../time.ts';
import type { CacheHit, ModelCall } from './model-call.ts';
import { CACHE_HITS } from './model-call.ts';
import { ANSWER_LEVELS, type AnswerLevel } from './model-settings.ts';

/** What calls are grouped by; days are those of UTC. */
export const SPENDING_GROUPS = ['agent', 'deployment', 'model', 'day'] as const;
export type SpendingBy = (typeof SPENDING_GROUPS)[number];

export interface SpendingOptions {
  readonly by: SpendingBy;
  /** With today. */
  readonly days: number;
  readonly nowIso: string;
}

export interface SpendingSum {
  readonly calls: number;
  readonly costNanoUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

export interface SpendingGroup extends SpendingSum {
  /** Of the agent, deployment, model or day; null: calls that belong to no deployment, or that rules answered. */
  readonly name: string | null;
}

export interface Spending {
  readonly by: SpendingBy;
  /** ISO times; the start of the first day and now. */
  readonly since: string;
  readonly until: string;
  readonly total: SpendingSum;
  /** Days in their order, anything else by cost, dearest first. */
  readonly groups: readonly SpendingGroup[];
  /** Against the equally long time before; `changePercent` is null when nothing was spent then. */
  readonly trend: { readonly previousNanoUsd: number; readonly changePercent: number | null };
  /** At most ten, dearest first. */
  readonly mostExpensive: readonly ModelCall[];
  /** Of the calendar month: what was spent of it, and that and the rest of it at the average of these days. */
  readonly projection: {
    readonly month: string;
    readonly spentNanoUsd: number;
    readonly projectedNanoUsd: number;
  };
  /** Answers: a call without one counts for nobody. */
  readonly levels: Readonly<Record<AnswerLevel, number>>;
  readonly cacheHits: Readonly<Record<CacheHit, number>>;
  /** Calls of a model that gave no answer that could be used. */
  readonly failures: number;
  /** Still being asked: their reservations are not in the sums. */
  readonly open: { readonly calls: number; readonly reservedNanoUsd: number };
  /** Whoever asked has died: their reservations are in the sums, because they may have cost as much. */
  readonly lost: { readonly calls: number; readonly reservedNanoUsd: number };
}

/** A call is settled within its deadline, which is minutes. */
const LOST_AFTER_SECONDS = 3_600;
const MOST_EXPENSIVE_CALLS = 10;
const DAY_SECONDS = 86_400;
/** Less than that says nothing about a month. */
const SHORTEST_AVERAGE_SECONDS = DAY_SECONDS;

/** From when on `spendingOf` has to be given the calls: ISO time. */
export function spendingSince(options: Omit<SpendingOptions, 'by'>): string {
  const { before } = periods(options);
  return [before, monthOf(options.nowIso).start].sort()[0] ?? before;
}

/** What the calls since `spendingSince` cost; the order of them does not matter. */
export function spendingOf(calls: readonly ModelCall[], options: SpendingOptions): Spending {
  const { since, before } = periods(options);
  const until = options.nowIso;
  const isOpen = (call: ModelCall): boolean => stateOf(call, until) === 'open';
  const within = (from: string, to: string) =>
    calls.filter(({ askedAt }) => askedAt >= from && askedAt <= to);
  const inPeriod = within(since, until);
  const charged = inPeriod.filter((call) => !isOpen(call));
  const total = sumOf(charged);
  const previous = within(before, since).filter((call) => call.askedAt < since && !isOpen(call));
  const month = monthOf(until);
  const inMonth = within(month.start, until).filter((call) => !isOpen(call));
  return {
    by: options.by,
    since,
    until,
    total,
    groups: groupsOf(charged, options.by),
    trend: trendOf(total.costNanoUsd, sumOf(previous).costNanoUsd),
    mostExpensive: mostExpensiveOf(charged),
    projection: projectionOf(sumOf(inMonth).costNanoUsd, total.costNanoUsd, since, until),
    levels: counts(
      ANSWER_LEVELS,
      charged.filter(isAnswer).map(({ level }) => level),
    ),
    cacheHits: counts(
      CACHE_HITS,
      charged.map(({ cached }) => cached),
    ),
    failures: charged.filter((call) => call.model !== null && call.failure !== null).length,
    open: reservations(inPeriod.filter(isOpen)),
    lost: reservations(charged.filter((call) => stateOf(call, until) === 'lost')),
  };
}

function periods({ days, nowIso }: Omit<SpendingOptions, 'by'>): {
  readonly since: string;
  readonly before: string;
} {
  const since = timeAfter(`${utcDay(nowIso)}T00:00:00.000Z`, -(days - 1) * DAY_SECONDS);
  return { since, before: timeAfter(since, -secondsBetween(since, nowIso)) };
}

function stateOf({ outcome, askedAt }: ModelCall, nowIso: string): 'settled' | 'open' | 'lost' {
  if (outcome !== 'open') return 'settled';
  return secondsBetween(askedAt, nowIso) > LOST_AFTER_SECONDS ? 'lost' : 'open';
}

const isAnswer = ({ outcome }: ModelCall): boolean => outcome === 'answered' || outcome === 'unasked';

function sumOf(calls: readonly ModelCall[]): SpendingSum {
  const of = (value: (call: ModelCall) => number): number =>
    calls.reduce((total, call) => total + value(call), 0);
  return {
    calls: calls.length,
    costNanoUsd: of(({ costNanoUsd }) => costNanoUsd),
    inputTokens: of(({ usage }) => usage.inputTokens),
    outputTokens: of(({ usage }) => usage.outputTokens),
    cacheReadTokens: of(({ usage }) => usage.cacheReadTokens),
    cacheWriteTokens: of(({ usage }) => usage.cacheWriteTokens['5m'] + usage.cacheWriteTokens['1h']),
  };
}

const NAMES: Readonly<Record<SpendingBy, (call: ModelCall) => string | null>> = {
  agent: ({ agent }) => agent,
  deployment: ({ deploymentId }) => deploymentId,
  model: ({ model }) => model,
  day: ({ askedAt }) => utcDay(askedAt),
};

function groupsOf(calls: readonly ModelCall[], by: SpendingBy): readonly SpendingGroup[] {
  const groups = [...Map.groupBy(calls, NAMES[by])].map(([name, members]) => ({ name, ...sumOf(members) }));
  const byName = (a: SpendingGroup, b: SpendingGroup): number => compare(a.name ?? '', b.name ?? '');
  return by === 'day'
    ? groups.sort(byName)
    : groups.sort((a, b) => b.costNanoUsd - a.costNanoUsd || b.calls - a.calls || byName(a, b));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const trendOf = (nowNanoUsd: number, previousNanoUsd: number): Spending['trend'] => ({
  previousNanoUsd,
  changePercent:
    previousNanoUsd === 0 ? null : Math.round(((nowNanoUsd - previousNanoUsd) / previousNanoUsd) * 100),
});

const mostExpensiveOf = (calls: readonly ModelCall[]): readonly ModelCall[] =>
  calls
    .filter(({ costNanoUsd }) => costNanoUsd > 0)
    .sort((a, b) => b.costNanoUsd - a.costNanoUsd || compare(b.askedAt, a.askedAt) || compare(a.id, b.id))
    .slice(0, MOST_EXPENSIVE_CALLS);

function projectionOf(
  spentNanoUsd: number,
  periodNanoUsd: number,
  since: string,
  nowIso: string,
): Spending['projection'] {
  const month = monthOf(nowIso);
  const perSecond = periodNanoUsd / Math.max(secondsBetween(since, nowIso), SHORTEST_AVERAGE_SECONDS);
  const rest = perSecond * secondsBetween(nowIso, month.end);
  return { month: month.start.slice(0, 7), spentNanoUsd, projectedNanoUsd: spentNanoUsd + Math.round(rest) };
}

function monthOf(nowIso: string): { readonly start: string; readonly end: string } {
  const now = new Date(nowIso);
  const first = (months: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months)).toISOString();
  return { start: first(0), end: first(1) };
}

const counts = <Name extends string>(
  names: readonly Name[],
  found: readonly Name[],
): Readonly<Record<Name, number>> =>
  Object.fromEntries(names.map((name) => [name, found.filter((other) => other === name).length])) as Record<
    Name,
    number
  >;

const reservations = (calls: readonly ModelCall[]): Spending['open'] => ({
  calls: calls.length,
  reservedNanoUsd: calls.reduce((total, { costNanoUsd }) => total + costNanoUsd, 0),
});
