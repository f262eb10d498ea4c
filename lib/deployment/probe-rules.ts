import type { Stack } from 'aws-cdk-lib';
import { type CfnListener, CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { accept } from '../accepted-finding.ts';
import { deploymentSecretName, output } from './blueprint.ts';
import type { TargetGroups } from './target-groups.ts';

/** Whoever sends `<secret>-<color>` in it reaches that colour, whichever takes the traffic. */
const PROBE_HEADER = 'x-hivemind-probe';

interface ProbeTargets {
  readonly listener: CfnListener;
  readonly groups: TargetGroups;
}

/**
 * A way to each colour for QA. The rules also keep both target groups attached to the load balancer at all times: one that no
 * rule uses has no health checks.
 */
export function addProbe(stack: Stack, deploymentId: string, { listener, groups }: ProbeTargets): void {
  const { blue, green } = groups;
  const secret = addProbeSecret(stack, deploymentId);
  const value = `{{resolve:secretsmanager:${secret.ref}}}`;
  const addRule = (id: string, priority: number, color: string, targetGroupArn: string): CfnListenerRule =>
    new CfnListenerRule(stack, id, {
      listenerArn: listener.ref,
      priority,
      conditions: [
        {
          field: 'http-header',
          httpHeaderConfig: { httpHeaderName: PROBE_HEADER, values: [`${value}-${color}`] },
        },
      ],
      actions: [{ type: 'forward', targetGroupArn }],
    });
  addRule('BlueProbeRule', 1, 'blue', blue.ref);
  addRule('GreenProbeRule', 2, 'green', green.ref);
  output(stack, 'ProbeSecret', secret.ref);
  output(stack, 'ProbeHeader', PROBE_HEADER);
}

function addProbeSecret(stack: Stack, deploymentId: string): CfnSecret {
  const secret = new CfnSecret(stack, 'ProbePassword', {
    name: deploymentSecretName(deploymentId, 'probe'),
    description: 'Lets verification reach one colour of the deployment through its load balancer',
    generateSecretString: { passwordLength: 40, excludePunctuation: true },
  });
  accept(secret, {
    'AwsSolutions-SMG4':
      'It opens nothing that is not public: it only chooses which of two releases answers. A rotation would have to change the listener rules with it.',
    'NIST.800.53.R5-SecretsManagerRotationEnabled':
      'It opens nothing that is not public: it only chooses which of two releases answers. A rotation would have to change the listener rules with it.',
    'NIST.800.53.R5-SecretsManagerUsingKMSKey':
      'Encrypted with the key of Secrets Manager. A key of its own would cost more than the load balancer’s secret is worth: it only chooses which of two releases answers.',
  });
  return secret;
}
