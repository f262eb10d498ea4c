import { anomaliesByRules, type RuleAnomaly } from '../domain/anomaly.ts';
import type { Deployment } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { type Execution, isRelease } from '../domain/execution.ts';
import { givenVariables } from '../domain/given-variables.ts';
import { type ReportFacts, renderReport } from '../domain/report.ts';
import type { StageRun } from '../domain/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Costs } from '../ports/costs.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { StackEngine } from '../ports/stack-engine.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { analysedOutput, observedOutput } from './outputs.ts';

export interface ReportPorts {
  readonly store: DeploymentStore;
  readonly clock: Clock;
  readonly stacks: Pick<StackEngine, 'list'>;
  readonly costs: Costs;
}

/** The report of a deployment, in Markdown, with what stands out by rules in its numbers of this moment. */
export async function currentReport(
  ports: ReportPorts & { readonly telemetry: Pick<Telemetry, 'metrics'> },
  deployment: Deployment,
): Promise<string> {
  const [facts, byRules] = await Promise.all([
    gatherReport(ports, deployment),
    deployment.liveRelease === undefined ? [] : standingOut(ports.telemetry, deployment.id),
  ]);
  return renderReport({ ...facts, anomalies: [...byRules, ...facts.anomalies] });
}

/** Numbers that nobody can read show nothing: a report is also written while the services that have them are away. */
async function standingOut(
  telemetry: Pick<Telemetry, 'metrics'>,
  deploymentId: string,
): Promise<readonly RuleAnomaly[]> {
  try {
    return anomaliesByRules(await telemetry.metrics(deploymentId));
  } catch (error) {
    if (error instanceof HiveMindError) return [];
    throw error;
  }
}

/** Everything that is on record for a report. */
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
    anomalies: spottedIn(stages),
    costs: blueprints.length > 0 ? await ports.costs.estimate(deployment.stage, blueprints) : null,
    fixes,
    // What stands out has a section of its own.
    warnings: events
      .filter(({ type, data }) => type === 'warning' && !('anomalies' in data))
      .map(({ message }) => message),
    at: ports.clock.now(),
  };
}

/** What a model said when the release was observed. */
function spottedIn(stages: readonly StageRun[]) {
  const output = stages.find(({ stage }) => stage === 'observe')?.output;
  const observed = output && observedOutput.safeParse(output);
  return observed?.success ? (observed.data.anomalies ?? []) : [];
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
