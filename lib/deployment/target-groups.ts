import { type CfnCondition, type CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { exportedOutput, imported, parameter } from './blueprint.ts';

/** Where every instance serves: `$PORT` of the exposed process. */
export const INSTANCE_PORT = 8080;

export interface TargetGroups {
  readonly blue: CfnTargetGroup;
  readonly green: CfnTargetGroup;
}

/** One target group a colour, checked often enough that a swap need not wait long for a verdict. */
export function addTargetGroups(stack: Stack, network: CfnParameter): TargetGroups {
  const delay = parameter(stack, 'DeregistrationDelaySeconds', { allowedPattern: '^[0-9]{1,4}$' });
  const attributes = {
    'deregistration_delay.timeout_seconds': delay.valueAsString,
    'slow_start.duration_seconds': '0',
  };
  const add = (color: 'Blue' | 'Green'): CfnTargetGroup =>
    new CfnTargetGroup(stack, `${color}TargetGroup`, {
      vpcId: imported(network, 'VpcId'),
      targetType: 'instance',
      protocol: 'HTTP',
      port: INSTANCE_PORT,
      healthCheckPath: healthCheckPath(stack, color),
      healthCheckIntervalSeconds: 5,
      healthCheckTimeoutSeconds: 3,
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
      matcher: { httpCode: '200-399' },
      targetGroupAttributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
    });
  return { blue: add('Blue'), green: add('Green') };
}

/** One a colour: a release may not know the path of the other one. */
const healthCheckPath = (stack: Stack, color: 'Blue' | 'Green'): string =>
  parameter(stack, `${color}HealthCheckPath`, { allowedPattern: '^/.*$' }).valueAsString;

export const targetGroupArn = ({ blue, green }: TargetGroups, isGreen: CfnCondition): string =>
  Fn.conditionIf(isGreen.logicalId, green.ref, blue.ref).toString();

export function addTargetGroupOutputs(stack: Stack, { blue, green }: TargetGroups): void {
  exportedOutput(stack, 'BlueTargetGroupArn', blue.ref);
  exportedOutput(stack, 'GreenTargetGroupArn', green.ref);
  exportedOutput(stack, 'BlueTargetGroupFullName', fullName(blue));
  exportedOutput(stack, 'GreenTargetGroupFullName', fullName(green));
}

/** `arn:aws:elasticloadbalancing:region:account:targetgroup/name/id` → `targetgroup/name/id`: a dimension of its metrics. */
const fullName = (group: CfnTargetGroup): string => Fn.select(5, Fn.split(':', group.ref));
