import type { ModelCostsQuery, ModelCostsView } from '../contracts/models.ts';
import type { ModelCall } from '../domain/models/model-call.ts';
import { usdOfNano } from '../domain/models/money.ts';
import { type Spending, type SpendingSum, spendingOf, spendingSince } from '../domain/models/spending.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { ModelPorts } from './describe-models.ts';
import { requireDeployment } from './require-deployment.ts';

export interface ModelCostsPorts extends ModelPorts {
  readonly store: Pick<DeploymentStore, 'findDeployment'>;
}

/**
 * What models cost, with deployments by their names.
 * @throws {HiveMindError} DeploymentNotFound
 */
export async function modelCosts(
  { clock, models, store }: ModelCostsPorts,
  { by, days, deployment }: ModelCostsQuery,
): Promise<ModelCostsView> {
  const nowIso = clock.now();
  const only = deployment === undefined ? undefined : await requireDeployment(store, deployment);
  const calls = await models.ledger.list({
    since: spendingSince({ days, nowIso }),
    ...(only && { deploymentId: only.id }),
  });
  const spending = spendingOf(calls, { by, days, nowIso });
  const names = await namesOf(store, [
    ...(by === 'deployment' ? spending.groups.map(({ name }) => name) : []),
    ...spending.mostExpensive.map(({ deploymentId }) => deploymentId),
  ]);
  return spendingView(spending, (id) => (id === null ? null : (names.get(id) ?? id)));
}

/** `nameOf` gives the name of a deployment by its id. */
export function spendingView(
  spending: Spending,
  nameOf: (id: string | null) => string | null = (id) => id,
): ModelCostsView {
  const { by, since, until, failures } = spending;
  const { previousNanoUsd, changePercent } = spending.trend;
  const { month, spentNanoUsd, projectedNanoUsd } = spending.projection;
  const groupName = by === 'deployment' ? nameOf : (name: string | null) => name;
  return {
    by,
    since,
    until,
    total: sumView(spending.total),
    groups: spending.groups.map(({ name, ...sum }) => ({ name: groupName(name), ...sumView(sum) })),
    trend: { previousUsd: usdOfNano(previousNanoUsd), changePercent },
    mostExpensive: spending.mostExpensive.map((call) => callView(call, nameOf(call.deploymentId))),
    projection: { month, spentUsd: usdOfNano(spentNanoUsd), projectedUsd: usdOfNano(projectedNanoUsd) },
    levels: { ...spending.levels },
    cacheHits: { ...spending.cacheHits },
    failures,
    open: reservedView(spending.open),
    lost: reservedView(spending.lost),
  };
}

async function namesOf(
  store: ModelCostsPorts['store'],
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const unique = [...new Set(ids)].filter((id) => id !== null);
  const found = await Promise.all(unique.map((id) => store.findDeployment(id)));
  return new Map(found.flatMap((deployment) => (deployment ? [[deployment.id, deployment.name]] : [])));
}

const sumView = ({ costNanoUsd, ...counts }: SpendingSum): ModelCostsView['total'] => ({
  ...counts,
  costUsd: usdOfNano(costNanoUsd),
});

const reservedView = ({ calls, reservedNanoUsd }: Spending['open']): ModelCostsView['open'] => ({
  calls,
  reservedUsd: usdOfNano(reservedNanoUsd),
});

function callView(call: ModelCall, deployment: string | null): ModelCostsView['mostExpensive'][number] {
  const { id, askedAt, agent, kind, level, model, outcome, failure, attempts, isEstimated } = call;
  return {
    id,
    askedAt,
    deployment,
    agent,
    kind,
    level,
    model,
    outcome,
    failure,
    attempts,
    isEstimated,
    costUsd: usdOfNano(call.costNanoUsd),
    latencyMilliseconds: call.latencyMilliseconds,
  };
}
