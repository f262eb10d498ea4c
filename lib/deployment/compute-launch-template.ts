import { type CfnParameter, Fn, type IResolvable, type Stack } from 'aws-cdk-lib';
import { CfnLaunchTemplate, CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnInstanceProfile } from 'aws-cdk-lib/aws-iam';
import { imported, parameter, when } from './blueprint.ts';
import { userData } from './boot/user-data.ts';
import type { ComputeStructure } from './compute.ts';
import type { ReleaseParameters } from './compute-parameters.ts';
import { INSTANCE_PORT } from './target-groups.ts';

/** Amazon Linux 2023 for arm64: the newest when the stack is made. */
const IMAGE = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';
const INSTANCE_TYPES = { 'stage-1': 't4g.small', production: 't4g.medium' } as const;
const ROOT_VOLUME_GIB = 20;

export interface LaunchTemplateProps {
  readonly structure: ComputeStructure;
  readonly release: ReleaseParameters;
  readonly network: CfnParameter;
  readonly loadBalancer: CfnParameter | undefined;
  readonly database: CfnParameter | undefined;
  readonly profile: CfnInstanceProfile;
  readonly tags: Readonly<Record<string, string>>;
}

/** No key pair and no SSH: commands come through Systems Manager. */
export function addLaunchTemplate(stack: Stack, props: LaunchTemplateProps): CfnLaunchTemplate {
  const { structure, database, profile, tags } = props;
  const imageId = parameter(stack, 'ImageId', {
    type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
    default: IMAGE,
  });
  const instanceType = parameter(stack, 'InstanceType', { default: INSTANCE_TYPES[structure.stage] });
  const own = addSecurityGroup(stack, props);
  const groups = [own.ref, ...(database ? [imported(database, 'ClientSecurityGroupId')] : [])];
  const tagList = Object.entries(tags).map(([key, value]) => ({ key, value }));
  return new CfnLaunchTemplate(stack, 'LaunchTemplate', {
    // It is among the few kinds that CloudFormation does not give the tags of the stack.
    tagSpecifications: [{ resourceType: 'launch-template', tags: tagList }],
    launchTemplateData: {
      imageId: imageId.valueAsString,
      instanceType: instanceType.valueAsString,
      iamInstanceProfile: { arn: profile.attrArn },
      monitoring: { enabled: true },
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeType: 'gp3', volumeSize: ROOT_VOLUME_GIB, encrypted: true, deleteOnTermination: true },
        },
      ],
      networkInterfaces: [
        {
          deviceIndex: 0,
          groups,
          associatePublicIpAddress: publicAddress(stack),
          deleteOnTermination: true,
        },
      ],
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
        resourceType,
        tags: tagList,
      })),
      userData: userData(),
    },
  });
}

/**
 * The network of stage 1 saves the NAT gateway: instances there reach the internet by an address of their own, and nobody reaches them
 * by it. A production release stands there too once a deployment was upgraded.
 */
function publicAddress(stack: Stack): IResolvable {
  const given = parameter(stack, 'PublicAddress', { allowedValues: ['true', 'false'] }).valueAsString;
  const isPublic = when(stack, 'HasPublicAddress', Fn.conditionEquals(given, 'true'));
  return Fn.conditionIf(isPublic.logicalId, true, false);
}

/** In: the load balancer, if there is one. Out: whatever the application talks to. */
function addSecurityGroup(stack: Stack, { network, loadBalancer }: LaunchTemplateProps): CfnSecurityGroup {
  return new CfnSecurityGroup(stack, 'SecurityGroup', {
    groupDescription: 'Instances of one release',
    vpcId: imported(network, 'VpcId'),
    ...(loadBalancer && {
      securityGroupIngress: [
        {
          ipProtocol: 'tcp',
          fromPort: INSTANCE_PORT,
          toPort: INSTANCE_PORT,
          sourceSecurityGroupId: imported(loadBalancer, 'SecurityGroupId'),
          description: 'the load balancer',
        },
      ],
    }),
    securityGroupEgress: [
      { ipProtocol: '-1', cidrIp: '0.0.0.0/0', description: 'AWS, and what the application talks to' },
    ],
  });
}
