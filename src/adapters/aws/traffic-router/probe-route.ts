import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Color } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { ProbeRoute } from '../../../ports/traffic-router.ts';
import { askedUnless } from '../aws-failure.ts';
import { loadBalancerOutputs } from './outputs.ts';

export interface ProbeRouteFacts {
  readonly cloudFormation: CloudFormationClient;
  readonly secretsManager: SecretsManagerClient;
}

/**
 * The listener has a rule for each colour that matches a header of `<secret>-<color>` (lib/deployment/probe-rules.ts). An
 * Application Load Balancer does not name the target that answered.
 * @throws {HiveMindError} TargetGroupNotFound, SecretNotFound
 */
export async function probeRouteTo(
  { cloudFormation, secretsManager }: ProbeRouteFacts,
  loadBalancer: string,
  color: Color,
): Promise<ProbeRoute> {
  const names = ['url', 'probeSecret', 'probeHeader'];
  const outputs = await loadBalancerOutputs(cloudFormation, loadBalancer, names);
  const [url = '', secret = '', header = ''] = names.map((name) => outputs[name]);
  const answer = await askedUnless(
    secretsManager.send(new GetSecretValueCommand({ SecretId: secret })),
    ['ResourceNotFoundException'],
    `read the probe secret of "${loadBalancer}"`,
  );
  if (!answer?.SecretString) throw secretNotFound(loadBalancer);
  return { url, headers: { [header]: `${answer.SecretString}-${color}` }, targetHeader: null };
}

const secretNotFound = (loadBalancer: string): HiveMindError =>
  new HiveMindError('SecretNotFound', `the probe secret of "${loadBalancer}" does not exist any more`, {
    hint: 'deploy again: a destroyed secret is made anew with the load balancer',
  });
