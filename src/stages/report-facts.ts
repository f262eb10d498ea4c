import type { Deployment } from '../domain/deployment.ts';
import { type Execution, isRelease } from '../domain/execution.ts';
import { givenVariables } from '../domain/given-variables.ts';
import type { ReportFacts } from '../domain/report.ts';
import type { StageRun } from '../domain/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Costs } from '../ports/costs.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { StackEngine } from '../ports/stack-engine.ts';
import { analysedOutput } from './outputs.ts';

export interface ReportPorts {
  readonly store: DeploymentStore;
  readonly clock: Clock;
  readonly stacks: Pick<StackEngine, 'list'>;
  readonly costs: Costs;
}

/** Everything a report says, as it is now. */
export async function gatherReport(ports: ReportPorts, deployment: Deployment): Promise<ReportFacts> {
  const { store } = ports;
  const executions = await store.listExecutions({ deploymentId: deployment.id });
  const newest = executions.find(isRelease);
  const [stages, stacks, releases, checks, findings, events, fixes] = await Promise.all([
    newest ? store.listStageRuns(newest.id) : [],
    ports.stacks.list(deployment.id),
    store.listReleases(deployment.id),
    store.findVerification(deployment.id),
    store.findFindings(deployment.id),
    newest ? store.listEvents({ executionId: newest.id }) : [],
    newest ? store.listFixes(newest.id) : [],
  ]);
  const blueprints = stacks.map(({ blueprint }) => blueprint);
  return {
    deployment,
    release: releases.find(({ number }) => number === deployment.liveRelease) ?? null,
    stages,
    plan: planOf(stages) ?? (await lastPlan(store, executions)),
    environmentNames: newest ? givenVariables(newest.settings) : [],
    stacks,
    checks,
    findings,
    costs: blueprints.length > 0 ? await ports.costs.estimate(deployment.stage, blueprints) : null,
    fixes,
    warnings: events.filter(({ type }) => type === 'warning').map(({ message }) => message),
    at: ports.clock.now(),
  };
}

function planOf(stages: readonly StageRun[]) {
  const output = stages.find(({ stage }) => stage === 'analyse')?.output;
  const analysed = output && analysedOutput.safeParse(output);
  return analysed?.success ? analysed.data.plan : null;
}

/** Of the newest execution that had one: a deploy that failed before it had a plan takes nothing from the release that runs. */
async function lastPlan(store: DeploymentStore, executions: readonly Execution[]) {
  for (const { id } of executions) {
    const plan = planOf(await store.listStageRuns(id));
    if (plan) return plan;
  }
  return null;
}
