import type { Costs } from '../../ports/costs.ts';

/** The local platform uses the machine it runs on: there is nothing to pay. */
export const localCosts: Costs = {
  estimate: async (_stage, blueprints) => ({
    monthlyUsd: 0,
    items: blueprints.map((blueprint) => ({ blueprint, what: 'on this machine', monthlyUsd: 0 })),
    note: 'the local target runs on this machine and costs nothing; the prices of the same stacks on AWS come with the aws target',
  }),
};
