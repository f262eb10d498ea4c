import { Aws, type CfnParameter, Fn, type Stack, Token } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnGroup } from 'aws-cdk-lib/aws-xray';
import { ENVIRONMENT_STAGES } from '../../src/domain/deployment.ts';
import {
  type Blueprint,
  imported,
  output,
  parameter,
  stackIdDigits,
  stackParameter,
  when,
} from './blueprint.ts';
import { type AlarmPlan, databaseAlarms, instanceAlarms, webAlarms } from './monitoring-alarms.ts';
import { dashboardBody } from './monitoring-dashboard.ts';
import type { LoadBalancerNames, Subject } from './monitoring-sections.ts';

interface Watched {
  readonly loadBalancer: boolean;
  readonly database: boolean;
}

const variantOf = (variant: string, watched: Watched): Blueprint => ({
  blueprint: 'monitoring',
  variant,
  description: 'HiveMind: the dashboard and the alarms of a deployment',
  build: (stack) => buildMonitoring(stack, watched),
});

export const MONITORING_BLUEPRINTS: readonly Blueprint[] = [
  variantOf('web', { loadBalancer: true, database: false }),
  variantOf('web-database', { loadBalancer: true, database: true }),
  variantOf('worker', { loadBalancer: false, database: false }),
  variantOf('worker-database', { loadBalancer: false, database: true }),
];

/** How many minutes make a data point. */
const PERIOD_SECONDS = 60;

function buildMonitoring(stack: Stack, watched: Watched): void {
  const deploymentId = parameter(stack, 'DeploymentId').valueAsString;
  const logGroup = parameter(stack, 'LogGroup').valueAsString;
  const loadBalancer = watched.loadBalancer ? loadBalancerNames(stack) : undefined;
  const databaseStack = watched.database ? stackParameter(stack, 'DatabaseStack') : undefined;
  const database = databaseStack && imported(databaseStack, 'InstanceId');
  const plans = [
    ...(loadBalancer ? webAlarms(loadBalancer) : []),
    ...instanceAlarms(deploymentId),
    ...(database && databaseStack ? databaseAlarms(database, connectionAlarm(stack, databaseStack)) : []),
  ];
  addAlarms(stack, deploymentId, plans);
  addDashboard(stack, { deploymentId, logGroup, loadBalancer, database }, plans);
}

/** How many connections are too many depends on the size of the database. */
function connectionAlarm(stack: Stack, databaseStack: CfnParameter): number {
  const stage = parameter(stack, 'Stage', { allowedValues: [...ENVIRONMENT_STAGES] }).valueAsString;
  const isProduction = when(stack, 'IsProduction', Fn.conditionEquals(stage, 'production'));
  const threshold = Fn.conditionIf(
    isProduction.logicalId,
    imported(databaseStack, 'ProductionConnectionAlarm'),
    imported(databaseStack, 'Stage1ConnectionAlarm'),
  );
  return Token.asNumber(threshold);
}

function loadBalancerNames(stack: Stack): LoadBalancerNames {
  const from = stackParameter(stack, 'LoadBalancerStack');
  return {
    name: imported(from, 'LoadBalancerFullName'),
    blue: imported(from, 'BlueTargetGroupFullName'),
    green: imported(from, 'GreenTargetGroupFullName'),
  };
}

const alarmName = (deploymentId: string, { what }: AlarmPlan): string => `${deploymentId}-${what}`;

/** A stretch without data, such as a colour without instances, never is an alarm. */
function addAlarms(stack: Stack, deploymentId: string, plans: readonly AlarmPlan[]): void {
  const topic = parameter(stack, 'AlarmTopicArn').valueAsString;
  for (const plan of plans) {
    const [bad, of] = plan.badMinutes;
    new CfnAlarm(
      stack,
      `${plan.what.replace(/(?:^|-)[a-z]/g, (start) => start.replace('-', '').toUpperCase())}Alarm`,
      {
        alarmName: alarmName(deploymentId, plan),
        alarmDescription: `${plan.meaning} Runbook: docs/runbook.md#${plan.what}`,
        metrics: queries(plan),
        comparisonOperator: plan.below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
        threshold: plan.below ?? plan.above ?? 0,
        evaluationPeriods: of,
        datapointsToAlarm: bad,
        treatMissingData: 'notBreaching',
        alarmActions: [topic],
        okActions: [topic],
      },
    );
  }
}

const queries = ({ metrics, expression, what }: AlarmPlan): CfnAlarm.MetricDataQueryProperty[] => [
  ...metrics.map(({ id, namespace, name, stat, dimensions }) => ({
    id,
    returnData: expression === id,
    metricStat: {
      metric: {
        namespace,
        metricName: name,
        dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
      },
      period: PERIOD_SECONDS,
      stat,
    },
  })),
  ...(metrics.some(({ id }) => id === expression)
    ? []
    : [{ id: 'result', expression, label: what, returnData: true }]),
];

function addDashboard(stack: Stack, subject: Subject, plans: readonly AlarmPlan[]): void {
  const { deploymentId } = subject;
  const xray = parameter(stack, 'Xray', { allowedValues: ['true', 'false'] }).valueAsString;
  const isTraced = when(stack, 'IsTraced', Fn.conditionEquals(xray, 'true'));
  const traceGroup = `hivemind-${stackIdDigits()}`;
  const group = new CfnGroup(stack, 'TraceGroup', {
    groupName: traceGroup,
    filterExpression: `service("${deploymentId}")`,
  });
  group.cfnOptions.condition = isTraced;
  const prefix = `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:`;
  const alarms = plans.map((plan) => `${prefix}${alarmName(deploymentId, plan)}`);
  new CfnDashboard(stack, 'Dashboard', {
    dashboardName: deploymentId,
    dashboardBody: dashboardBody({ subject, alarms, traceGroup, isTraced }),
  });
  output(stack, 'DashboardName', deploymentId);
  output(
    stack,
    'DashboardUrl',
    `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${deploymentId}`,
  );
}
