import { expect, test } from '@jest/globals';
import { ENVIRONMENT_STAGES } from '../../src/domain/deployment.ts';
import { BLUEPRINTS } from '../../src/domain/stack.ts';
import type { Costs } from '../../src/ports/costs.ts';

/** What every Costs does. */
export function costsContract(costs: Costs): void {
  test.each(ENVIRONMENT_STAGES.map((stage) => [stage]))('adds up the stacks of %s', async (stage) => {
    const estimate = await costs.estimate(stage, BLUEPRINTS);
    const sum = estimate.items.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0);
    expect(estimate.monthlyUsd).toBeCloseTo(sum, 2);
    expect(new Set(estimate.items.map(({ blueprint }) => blueprint))).toEqual(new Set(BLUEPRINTS));
    expect(estimate.note.length).toBeGreaterThan(10);
  });

  test('asks nothing for nothing', async () => {
    expect(await costs.estimate('production', [])).toMatchObject({ monthlyUsd: 0, items: [] });
  });
}
