import {
  type _InstanceType,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { HiveMindError } from '../../../domain/errors.ts';
import { asked, askedUnless } from '../aws-failure.ts';

/** Names a quota of AWS; the codes are those of the Service Quotas console. */
export interface QuotaName {
  readonly serviceCode: string;
  readonly quotaCode: string;
}

export const QUOTAS = {
  vpcs: { serviceCode: 'vpc', quotaCode: 'L-F678F1CE' },
  elasticIps: { serviceCode: 'ec2', quotaCode: 'L-0263D0A3' },
  /** Of running on-demand instances of the standard families, in vCPUs. */
  standardVcpus: { serviceCode: 'ec2', quotaCode: 'L-1216C47A' },
  applicationLoadBalancers: { serviceCode: 'elasticloadbalancing', quotaCode: 'L-53DA6B97' },
} as const satisfies Record<string, QuotaName>;

/** What the account may have; the default of AWS where nobody ever asked for another. */
export async function quotaOf(client: ServiceQuotasClient, name: QuotaName): Promise<number> {
  const input = { ServiceCode: name.serviceCode, QuotaCode: name.quotaCode };
  const what = `read the quota ${name.quotaCode} of ${name.serviceCode}`;
  const own = await askedUnless(
    client.send(new GetServiceQuotaCommand(input)),
    ['NoSuchResourceException'],
    what,
  );
  const quota =
    own?.Quota ?? (await asked(client.send(new GetAWSDefaultServiceQuotaCommand(input)), what)).Quota;
  if (quota?.Value !== undefined) return quota.Value;
  throw new HiveMindError('AwsRefused', `could not ${what}: the answer has no value`, {
    hint: 'look at it in the Service Quotas console',
  });
}

export async function vpcUsage(client: EC2Client): Promise<number> {
  const { Vpcs = [] } = await asked(
    client.send(new DescribeVpcsCommand({ MaxResults: 1000 })),
    'count the VPCs',
  );
  return Vpcs.length;
}

export async function elasticIpUsage(client: EC2Client): Promise<number> {
  const { Addresses = [] } = await asked(
    client.send(new DescribeAddressesCommand({})),
    'count the Elastic IP addresses',
  );
  return Addresses.length;
}

/** The families that share one quota: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html */
const STANDARD_FAMILY = /^[acdhimrtz]\d/;

export async function standardVcpuUsage(client: EC2Client): Promise<number> {
  const types = await runningStandardTypes(client);
  const vcpus = await vcpusOf(client, [...new Set(types)]);
  return types.reduce((sum, type) => sum + (vcpus.get(type) ?? 0), 0);
}

async function runningStandardTypes(client: EC2Client): Promise<_InstanceType[]> {
  const types: _InstanceType[] = [];
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
  let token: string | undefined;
  do {
    const page = await asked(
      client.send(new DescribeInstancesCommand({ Filters, NextToken: token })),
      'count the running instances',
    );
    for (const { Instances = [] } of page.Reservations ?? []) {
      for (const { InstanceType, InstanceLifecycle } of Instances) {
        if (InstanceType && !InstanceLifecycle && STANDARD_FAMILY.test(InstanceType))
          types.push(InstanceType);
      }
    }
    token = page.NextToken;
  } while (token);
  return types;
}

/** As many types as one call answers for. */
const TYPES_PER_CALL = 100;

async function vcpusOf(
  client: EC2Client,
  types: readonly _InstanceType[],
): Promise<ReadonlyMap<string, number>> {
  const vcpus = new Map<string, number>();
  for (let from = 0; from < types.length; from += TYPES_PER_CALL) {
    const page = await asked(
      client.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: types.slice(from, from + TYPES_PER_CALL) }),
      ),
      'count the vCPUs of running instances',
    );
    for (const { InstanceType, VCpuInfo } of page.InstanceTypes ?? []) {
      if (InstanceType) vcpus.set(InstanceType, VCpuInfo?.DefaultVCpus ?? 0);
    }
  }
  return vcpus;
}

export async function applicationLoadBalancerUsage(client: ElasticLoadBalancingV2Client): Promise<number> {
  let count = 0;
  let marker: string | undefined;
  do {
    const page = await asked(
      client.send(new DescribeLoadBalancersCommand({ Marker: marker })),
      'count the load balancers',
    );
    count += page.LoadBalancers?.filter(({ Type }) => Type === 'application').length ?? 0;
    marker = page.NextMarker;
  } while (marker);
  return count;
}
