import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Agent } from './agent.ts';
import { PERIOD } from './alarm-topic.ts';
import { FUNCTION_NAMES, type FunctionName, functionName } from './functions.ts';
import type { WorkflowName } from './places.ts';
import { BUILD_PROJECT } from './places.ts';
import type { Workflow } from './workflows.ts';

export interface ControlPlaneDashboardProps {
  readonly agents: ReadonlyMap<FunctionName, Agent>;
  readonly workflows: ReadonlyMap<WorkflowName, Workflow>;
  readonly table: ITable;
  readonly deadLetters: IQueue;
  readonly alarms: readonly IAlarm[];
}

/** The control plane at a glance, alarms first. */
export class ControlPlaneDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ControlPlaneDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: 'hivemind-control-plane',
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24, height: 4 })],
        workflowRow(props),
        functionRow(props),
        platformRow(props),
        modelRow(),
        [recentErrors()],
      ],
    });
  }
}

const graph = (title: string, left: readonly IMetric[]): IWidget =>
  new GraphWidget({ title, left: [...left], width: 8, height: 6, period: PERIOD });

function workflowRow({ workflows }: ControlPlaneDashboardProps): IWidget[] {
  const machines = [...workflows].map(([name, { stateMachine }]) => ({ name, stateMachine }));
  return [
    graph(
      'Executions',
      machines.flatMap(({ name, stateMachine }) => [
        stateMachine.metricStarted({ label: `${name} started` }),
        stateMachine.metricSucceeded({ label: `${name} succeeded` }),
      ]),
    ),
    graph(
      'Executions that did not succeed',
      machines.flatMap(({ name, stateMachine }) => [
        stateMachine.metricFailed({ label: `${name} failed` }),
        stateMachine.metricTimedOut({ label: `${name} stuck` }),
        stateMachine.metricAborted({ label: `${name} cancelled` }),
      ]),
    ),
    graph(
      'Duration of executions, p95',
      machines.map(({ name, stateMachine }) =>
        stateMachine.metricTime({ label: name, statistic: Stats.percentile(95) }),
      ),
    ),
  ];
}

function functionRow({ agents }: ControlPlaneDashboardProps): IWidget[] {
  const each = (metric: (target: IFunction, label: string) => IMetric) =>
    [...agents].map(([name, agent]) => metric(agent.function, name));
  return [
    graph(
      'Calls of functions',
      each((target, label) => target.metricInvocations({ label })),
    ),
    graph(
      'Failed calls',
      each((target, label) => target.metricErrors({ label })),
    ),
    graph(
      'Duration of calls, p95',
      each((target, label) => target.metricDuration({ label, statistic: Stats.percentile(95) })),
    ),
  ];
}

function platformRow({ table, deadLetters }: ControlPlaneDashboardProps): IWidget[] {
  const build = (metricName: string, label: string) =>
    new Metric({
      namespace: 'AWS/CodeBuild',
      metricName,
      label,
      dimensionsMap: { ProjectName: BUILD_PROJECT },
      statistic: Stats.SUM,
    });
  return [
    graph('Builds', [build('SucceededBuilds', 'succeeded'), build('FailedBuilds', 'failed')]),
    graph('Table', [
      table.metricConsumedReadCapacityUnits({ label: 'read' }),
      table.metricConsumedWriteCapacityUnits({ label: 'written' }),
    ]),
    graph('Events that could not be handled', [
      deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'waiting' }),
    ]),
  ];
}

/** By agent and model: what there is of both is only known from what was asked. */
const searched = (metricName: string, statistic: string, label: string): IMetric =>
  new MathExpression({
    expression: `SEARCH('{HiveMind,service,model} MetricName="${metricName}"', '${statistic}')`,
    usingMetrics: {},
    label,
    period: PERIOD,
  });

const modelRow = (): IWidget[] => [
  graph('Calls of language models', [
    searched('ModelCalls', 'Sum', 'asked'),
    searched('ModelFailures', 'Sum', 'without an answer'),
  ]),
  graph('Cost of language models, US dollars', [searched('ModelCostUsd', 'Sum', '')]),
  graph('Time to an answer, p95', [searched('ModelLatency', 'p95', '')]),
];

const recentErrors = (): IWidget =>
  new LogQueryWidget({
    title: 'Errors',
    logGroupNames: FUNCTION_NAMES.map((name) => `/aws/lambda/${functionName(name)}`),
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      'fields @timestamp, service, deployment_id, code, message, text',
      'filter level = "ERROR"',
      'sort @timestamp desc',
      'limit 50',
    ],
    width: 24,
    height: 8,
  });
