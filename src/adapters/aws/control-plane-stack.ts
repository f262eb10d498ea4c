import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { VERSION } from '../../contracts/version.ts';
import { HiveMindError } from '../../domain/errors.ts';
import { askedUnless } from './aws-failure.ts';
import { type ControlPlane, controlPlaneShape, outputNameOf } from './control-plane.ts';

/** The one stack of the control plane in an account and region. */
export const CONTROL_PLANE_STACK = 'hivemind';

/**
 * The facts of the control plane in the account and region of the client.
 * @throws {HiveMindError} ControlPlaneMissing, ControlPlaneOutdated
 */
export async function findControlPlane(client: CloudFormationClient): Promise<ControlPlane> {
  const answer = await askedUnless(
    client.send(new DescribeStacksCommand({ StackName: CONTROL_PLANE_STACK })),
    ['ValidationError'],
    'look for the control plane',
  );
  const stack = answer?.Stacks?.[0];
  if (!stack) throw missing('there is no control plane in this account and region');
  const outputs = new Map(stack.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const facts = Object.fromEntries(
    Object.keys(controlPlaneShape.shape).map((key) => [key, outputs.get(outputNameOf(key))]),
  );
  const controlPlane = controlPlaneShape.safeParse(facts);
  const version = outputs.get(outputNameOf('version'));
  if (version !== undefined && line(version) !== line(VERSION)) throw outdated(version);
  if (controlPlane.success) return controlPlane.data;
  const lacking = controlPlane.error.issues.map(({ path }) => outputNameOf(String(path[0]))).join(', ');
  throw missing(`the control plane is not complete (${stack.StackStatus}, without ${lacking})`);
}

/** Versions of one line understand each other: `0.1` of `0.1.7`. */
const line = (version: string): string => version.split('.').slice(0, 2).join('.');

const missing = (message: string): HiveMindError =>
  new HiveMindError('ControlPlaneMissing', message, {
    hint: 'make it, in the folder of HiveMind: npx cdk bootstrap, then npx cdk deploy; or choose another region with AWS_REGION',
  });

const outdated = (version: string): HiveMindError =>
  new HiveMindError(
    'ControlPlaneOutdated',
    `the control plane is of version ${version.slice(0, 40)}, and this is ${VERSION}`,
    { hint: 'bring it to this version, in the folder of HiveMind: npx cdk deploy' },
  );
