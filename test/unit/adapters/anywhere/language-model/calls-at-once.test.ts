import { expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  BREAKER_FAILURES,
  BREAKER_OPEN_SECONDS,
  type Breaker,
} from '../../../../../src/domain/models/breaker.ts';
import { costNanoUsd } from '../../../../../src/domain/models/cost.ts';
import { type ModelCall, NO_USAGE } from '../../../../../src/domain/models/model-call.ts';
import { modelName } from '../../../../../src/domain/models/model-settings.ts';
import { parseModelReference } from '../../../../../src/domain/models/parse-model.ts';
import { priceOf } from '../../../../../src/domain/models/price.ts';
import { QUESTION_KINDS } from '../../../../../src/domain/models/question-kind.ts';
import type { Question } from '../../../../../src/ports/language-model.ts';
import type { ModelBreakers } from '../../../../../src/ports/model-breakers.ts';
import { gatewayWorld, SCRIPTED_SETTINGS } from '../../../../fixtures/models/gateway-world.ts';
import {
  awsError,
  type Billed,
  type Serving,
  scriptedProviders,
} from '../../../../fixtures/models/scripted-providers.ts';
import fc from '../../../../fixtures/properties.ts';

const CALLERS = 200;
const KINDS = ['plan', 'diagnosis', 'security', 'checks', 'anomaly', 'removal'] as const;
const answer = z.object({ cause: z.string() });

const billed = fc.record({
  inputTokens: fc.integer({ min: 1, max: 300 }),
  outputTokens: fc.integer({ min: 1, max: 50 }),
});
const good = billed.map((tokens): Serving => ({ does: 'answer', input: { cause: 'a' }, billed: tokens }));
const serving: fc.Arbitrary<Serving> = fc.oneof(
  { weight: 8, arbitrary: good },
  {
    weight: 2,
    arbitrary: billed.map((tokens): Serving => ({ does: 'answer', input: { cause: 7 }, billed: tokens })),
  },
  { weight: 1, arbitrary: billed.map((tokens): Serving => ({ does: 'say', text: 'no', billed: tokens })) },
  { weight: 1, arbitrary: billed.map((tokens): Serving => ({ does: 'lose', billed: tokens })) },
  { weight: 1, arbitrary: billed.map((tokens): Serving => ({ does: 'hang', billed: tokens })) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(
        awsError('ThrottlingException', 429, '2'),
        awsError('ServiceUnavailableException', 503),
        awsError('InternalServerException', 500),
        awsError('ValidationException', 400),
        awsError('AccessDeniedException', 403),
      )
      .map((error): Serving => ({ does: 'fail', error })),
  },
);

const scenario = fc.record({
  servings: fc.array(serving, { minLength: 40, maxLength: 200 }),
  perDayNanoUsd: fc.option(fc.integer({ min: 1_000_000, max: 3_000_000_000 })),
});

interface World {
  readonly lines: readonly ModelCall[];
  readonly providers: ReturnType<typeof scriptedProviders>;
}

const nanoUsdOf = (model: string, tokens: Billed): number =>
  costNanoUsd({ ...NO_USAGE, ...tokens }, priceOf(parseModelReference(model)));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

test('whatever fails while 200 ask at once, the books are right', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ servings, perDayNanoUsd }) => {
      let asked = 0;
      const providers = scriptedProviders(() => servings[asked++ % servings.length] ?? { does: 'hang' });
      const changes: Change[] = [];
      const world = gatewayWorld(providers, {
        settings: { budgets: { perDayNanoUsd, perDeploymentNanoUsd: null } },
        breakers: (breakers) => watchedBreakers(breakers, changes, () => world.clock.now()),
      });
      try {
        const replies = await Promise.all(
          Array.from({ length: CALLERS }, (_, place) => world.gateway.ask(questionOf(place))),
        );
        await world.gateway.close();
        const lines = await world.lines();
        expect(world.troubles).toEqual([]);
        expect(lines.filter(({ outcome }) => outcome === 'open')).toEqual([]);
        expectEveryRequestOnce({ lines, providers });
        expectWhatWasServed({ lines, providers });
        await expectBudgetKept(world, lines, perDayNanoUsd);
        expectLegal(changes);
        for (const [place, reply] of replies.entries()) {
          const mine = world.calls.filter(({ deploymentId }) => deploymentId === `d${place}`);
          expectOrder(mine, questionOf(place));
          expect(mine.some(({ outcome }) => outcome === 'answered')).toBe(reply.answered);
          expect(mine.some(({ level }) => level === 'rules')).toBe(!reply.answered);
        }
        expect(world.clock.sleepers()).toBe(0);
      } finally {
        await world.close();
      }
    }),
    // Smaller worlds fail for the same reasons, and finding them takes minutes.
    { numRuns: 4, endOnFailure: true },
  );
});

/** Every one another question, so that no answer is reused. */
const questionOf = (place: number): Question<z.infer<typeof answer>> => ({
  agent: 'medic',
  deploymentId: `d${place}`,
  kind: KINDS[place % KINDS.length] ?? 'plan',
  instructions: 'Say why.',
  data: [{ name: 'log', text: `it stopped: ${place}` }],
  answer,
  answerVersion: 1,
});

function expectEveryRequestOnce({ lines, providers }: World): void {
  expect(sum(lines.map(({ attempts }) => attempts))).toBe(providers.requests.length);
  for (const reference of Object.values(SCRIPTED_SETTINGS.models)) {
    const name = reference === null ? '' : modelName(reference);
    const attempts = lines.filter(({ model }) => model === name).map((line) => line.attempts);
    expect(sum(attempts)).toBe(providers.requests.filter(({ model }) => model === name).length);
  }
}

/** What was told is charged to the nano-dollar; what was lost on its way is charged in full. */
function expectWhatWasServed({ lines, providers }: World): void {
  const told = providers.served.filter(({ isTold }) => isTold);
  const known = lines.filter(({ isEstimated }) => !isEstimated);
  expect(sum(known.map((line) => line.costNanoUsd))).toBe(
    sum(told.map(({ model, billed: tokens }) => nanoUsdOf(model, tokens))),
  );
  const lost = providers.served.filter(({ isTold }) => !isTold);
  const estimated = lines.filter(({ isEstimated }) => isEstimated);
  expect(estimated).toHaveLength(lost.length);
  expect(sum(estimated.map((line) => line.costNanoUsd))).toBeGreaterThanOrEqual(
    sum(lost.map(({ model, billed: tokens }) => nanoUsdOf(model, tokens))),
  );
}

async function expectBudgetKept(
  world: Pick<ReturnType<typeof gatewayWorld>, 'budgets' | 'alerts'>,
  lines: readonly ModelCall[],
  limit: number | null,
): Promise<void> {
  if (limit === null) return;
  const [day] = await world.budgets(['day:2026-01-01']);
  expect(day).toEqual({
    key: 'day:2026-01-01',
    spentNanoUsd: sum(lines.map(({ costNanoUsd: cost }) => cost)),
    reservedNanoUsd: 0,
  });
  expect(day?.spentNanoUsd).toBeLessThanOrEqual(limit);
  const percents = world.alerts.map(({ percent }) => percent);
  expect(percents).toEqual([...new Set(percents)]);
}

/** Levels are asked in the order of the kind, and none again once another was. */
function expectOrder(lines: readonly ModelCall[], { kind }: Question<unknown>): void {
  const asked = lines.map(({ level }) => level).filter((level, place, all) => level !== all[place - 1]);
  const allowed = [...QUESTION_KINDS[kind].chain, 'rules'];
  expect(allowed.filter((level) => asked.some((one) => one === level))).toEqual(asked);
}

interface Change {
  readonly from: Breaker | undefined;
  readonly to: Breaker;
  readonly at: number;
}

const watchedBreakers = (breakers: ModelBreakers, changes: Change[], now: () => string): ModelBreakers => ({
  ...breakers,
  change: async (from, to) => {
    const isChanged = await breakers.change(from, to);
    if (isChanged) changes.push({ from, to, at: Date.parse(now()) });
    return isChanged;
  },
});

function expectLegal(changes: readonly Change[]): void {
  for (const { from, to, at } of changes) {
    expect(to.version).toBe((from?.version ?? 0) + 1);
    const before = from?.state ?? 'closed';
    if (to.state === 'open') expect(before === 'half-open' || to.failures >= BREAKER_FAILURES).toBe(true);
    if (to.state === 'half-open') {
      expect(before).not.toBe('closed');
      const since =
        before === 'open'
          ? Date.parse(from?.openedAt ?? '') + BREAKER_OPEN_SECONDS * 1_000
          : Date.parse(from?.probeUntil ?? '');
      expect(at).toBeGreaterThanOrEqual(since);
    }
    if (to.state === 'closed' && before === 'open')
      throw new Error('an open breaker was closed without a probe');
  }
}
