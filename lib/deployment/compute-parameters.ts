import type { CfnParameter, Stack } from 'aws-cdk-lib';
import { accept } from '../accepted-finding.ts';
import { parameter } from './blueprint.ts';

/** What a compute stack is told of the release it runs, and of the control plane that it belongs to. */
export interface ReleaseParameters {
  readonly deploymentId: CfnParameter;
  readonly owner: CfnParameter;
  readonly color: CfnParameter;
  readonly release: CfnParameter;
  readonly artifact: CfnParameter;
  readonly artifactBucket: CfnParameter;
  readonly logGroup: CfnParameter;
  readonly permissionsBoundaryArn: CfnParameter;
  readonly startOnBoot: CfnParameter;
  readonly instanceCount: CfnParameter;
  readonly xray: CfnParameter;
  readonly inPlace: CfnParameter;
}

const YES_OR_NO = { allowedValues: ['true', 'false'] };

export function addReleaseParameters(stack: Stack): ReleaseParameters {
  // What only the boot script reads is found by its name: lib/deployment/boot/script.ts.
  parameter(stack, 'Commit', { allowedPattern: '^[0-9A-Za-z-]{1,64}$' });
  parameter(stack, 'Root');
  parameter(stack, 'Runtime', { allowedValues: ['node', 'python', 'static'] });
  parameter(stack, 'Processes');
  parameter(stack, 'EnvironmentSecret');
  parameter(stack, 'DatabaseSecret');
  parameter(stack, 'Variables', { default: '' });
  accept(stack, {
    'CloudFormation-Validate::W2509':
      'EnvironmentSecret and DatabaseSecret name secrets; the instances read the values themselves.',
  });
  return {
    deploymentId: parameter(stack, 'DeploymentId'),
    owner: parameter(stack, 'Owner'),
    color: parameter(stack, 'Color', { allowedValues: ['blue', 'green'] }),
    release: parameter(stack, 'Release', { allowedPattern: '^[0-9]{1,9}$' }),
    artifact: parameter(stack, 'Artifact', { allowedPattern: '^sha256-[0-9a-f]{64}$' }),
    artifactBucket: parameter(stack, 'ArtifactBucket'),
    logGroup: parameter(stack, 'LogGroup'),
    permissionsBoundaryArn: parameter(stack, 'PermissionsBoundaryArn'),
    startOnBoot: parameter(stack, 'StartOnBoot', YES_OR_NO),
    instanceCount: parameter(stack, 'InstanceCount', { type: 'Number', minValue: 1 }),
    xray: parameter(stack, 'Xray', YES_OR_NO),
    // The instances were given the release already, one after the other: a change of the stack replaces none of them.
    inPlace: parameter(stack, 'InPlace', { ...YES_OR_NO, default: 'false' }),
  };
}
