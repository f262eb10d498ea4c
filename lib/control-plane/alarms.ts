import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Agent } from './agent.ts';
import { PERIOD } from './alarm-topic.ts';
import { asksModel, FUNCTION_NAMES, FUNCTIONS, type FunctionName, type FunctionSize } from './functions.ts';
import type { WorkflowName } from './places.ts';
import type { Settings } from './settings.ts';
import type { Workflow } from './workflows.ts';

/** Percent of calls of a function that may fail. A failing application counts too: half of an afternoon's deploys is news. */
const ERROR_PERCENT = 5;

/** Part of its time that a function may use at the 95th percentile. */
const DURATION_SHARE = 0.8;

/** Minutes that 95 of 100 executions may take: a deploy is promised in 20. */
const EXECUTION_MINUTES: Record<WorkflowName, number> = {
  deploy: 20,
  update: 30,
  upgrade: 60,
  rollback: 20,
  retire: 20,
  destroy: 30,
};

export interface AlarmsProps {
  readonly topic: ITopic;
  readonly agents: ReadonlyMap<FunctionName, Agent>;
  readonly workflows: ReadonlyMap<WorkflowName, Workflow>;
  readonly deadLetters: IQueue;
  readonly settings: Settings;
}

interface Rule {
  readonly name: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly what: string;
  /** Heading in docs/runbook.md. */
  readonly runbook: string;
  /** Of the last periods, how many have to be over. @default 1 */
  readonly periods?: number;
}

/** When somebody has to look at the control plane. Every alarm says where the runbook tells what to do. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const action = new SnsAction(props.topic);
    const rules = [
      ...[...props.agents].flatMap(([name, agent]) => functionRules(name, agent)),
      ...[...props.workflows].flatMap(([name, workflow]) => workflowRules(name, workflow)),
      throttleRule(props.agents),
      deadLetterRule(props.deadLetters),
      ...modelCostRules(props.settings),
    ];
    this.all = rules.map((rule) => this.alarm(rule, action));
  }

  private alarm({ name, metric, threshold, what, runbook, periods = 1 }: Rule, action: SnsAction): Alarm {
    const alarm = new Alarm(this, name, {
      alarmName: `hivemind-${name}`,
      alarmDescription: `${what}. Runbook: docs/runbook.md#${runbook}`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}

function functionRules(name: FunctionName, { function: target }: Agent): readonly Rule[] {
  const size: FunctionSize = FUNCTIONS[name];
  const seconds = Math.round(size.timeoutSeconds * DURATION_SHARE);
  return [
    {
      name: `${name}-errors`,
      metric: new MathExpression({
        expression: '100 * errors / calls',
        usingMetrics: {
          errors: target.metricErrors({ period: PERIOD }),
          calls: target.metricInvocations({ period: PERIOD }),
        },
        label: `${name}: failed calls in percent`,
        period: PERIOD,
      }),
      threshold: ERROR_PERCENT,
      what: `More than ${ERROR_PERCENT} % of the calls of ${name} fail`,
      runbook: 'a-function-fails',
    },
    {
      name: `${name}-slow`,
      metric: target.metricDuration({ period: PERIOD, statistic: Stats.percentile(95) }),
      threshold: seconds * 1_000,
      what: `5 of 100 calls of ${name} take more than ${seconds} s of the ${size.timeoutSeconds} s it has`,
      runbook: 'a-function-is-slow',
      periods: 2,
    },
  ];
}

function workflowRules(name: WorkflowName, { stateMachine }: Workflow): readonly Rule[] {
  const minutes = EXECUTION_MINUTES[name];
  const limit = { threshold: 0 };
  return [
    {
      ...limit,
      name: `${name}-failed`,
      metric: stateMachine.metricFailed({ period: PERIOD }),
      what: `A ${name} has failed`,
      runbook: 'an-execution-failed',
    },
    {
      ...limit,
      name: `${name}-stuck`,
      metric: stateMachine.metricTimedOut({ period: PERIOD }),
      what: `A ${name} was stuck until its time ran out`,
      runbook: 'an-execution-is-stuck',
    },
    {
      ...limit,
      name: `${name}-throttled`,
      metric: stateMachine.metricThrottled({ period: PERIOD }),
      what: `Step Functions holds back a ${name}`,
      runbook: 'throttling',
    },
    {
      name: `${name}-slow`,
      metric: stateMachine.metricTime({ period: PERIOD, statistic: Stats.percentile(95) }),
      threshold: minutes * 60_000,
      what: `5 of 100 executions of ${name} take more than ${minutes} minutes`,
      runbook: 'an-execution-is-slow',
    },
  ];
}

/** A plain sum has a value only where every metric has one, and a function that nobody calls has none. */
const sumOf = (ids: readonly string[]): string => ids.map((id) => `FILL(${id}, 0)`).join(' + ');

function throttleRule(agents: AlarmsProps['agents']): Rule {
  const metrics = [...agents].map(([name, agent]) => [
    name,
    agent.function.metricThrottles({ period: PERIOD }),
  ]);
  return {
    name: 'functions-throttled',
    metric: new MathExpression({
      expression: sumOf([...agents.keys()]),
      usingMetrics: Object.fromEntries(metrics),
      label: 'calls held back',
      period: PERIOD,
    }),
    threshold: 0,
    what: 'Lambda holds back calls: the account has no concurrency left',
    runbook: 'throttling',
    periods: 2,
  };
}

const deadLetterRule = (queue: IQueue): Rule => ({
  name: 'dead-letters',
  metric: queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM }),
  threshold: 0,
  what: 'An event could not be handled',
  runbook: 'dead-letters',
});

/** Part of the day's budget that may go in an hour before somebody is told. */
const HOURLY_SHARE = 0.25;
/** The gateway's own, where the operator has named none: src/domain/models/settings-from-variables.ts. A test compares. */
export const DEFAULT_DAY_USD = 5;

function modelCostRules({ model, modelBudgetDayUsd = DEFAULT_DAY_USD }: Settings): readonly Rule[] {
  if (model === undefined || modelBudgetDayUsd === 'none') return [];
  const period = Duration.hours(1);
  const thinking = FUNCTION_NAMES.filter(asksModel);
  const costs = thinking.map((service) => [
    service,
    new Metric({
      namespace: 'HiveMind',
      metricName: 'ModelCost',
      dimensionsMap: { service },
      statistic: Stats.SUM,
      period,
    }),
  ]);
  const threshold = modelBudgetDayUsd * HOURLY_SHARE;
  return [
    {
      name: 'model-cost',
      metric: new MathExpression({
        expression: sumOf(thinking),
        usingMetrics: Object.fromEntries(costs),
        label: 'US dollars an hour',
        period,
      }),
      threshold,
      what: `Language models cost more than $${threshold} in an hour, a quarter of what a day may cost`,
      runbook: 'language-models-cost-much',
    },
  ];
}
