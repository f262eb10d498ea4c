import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { bootstrapVersion } from '../../src/adapters/aws/account/bootstrap.ts';
import { type CallerIdentity, callerIdentity } from '../../src/adapters/aws/account/identity.ts';
import {
  applicationLoadBalancerUsage,
  elasticIpUsage,
  QUOTAS,
  type QuotaName,
  quotaOf,
  standardVcpuUsage,
  vpcUsage,
} from '../../src/adapters/aws/account/quotas.ts';
import { operatorRegion } from '../../src/adapters/aws/account/region.ts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { findControlPlane } from '../../src/adapters/aws/control-plane-stack.ts';
import { awsDeploymentStore } from '../../src/adapters/aws/deployment-store.ts';
import { asHiveMindError } from '../../src/domain/errors.ts';
import { frozen } from '../../src/domain/freeze.ts';

/** One thing that was looked at in the account; `warn`: some deployments may not work, `fail`: none will. */
export interface AwsCheck {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; null when nothing is to be done. */
  readonly mend: string | null;
}

/** The oldest that the control plane can be deployed with: what the CDK's own stacks ask for. */
const OLDEST_BOOTSTRAP = 6;

/** Everything that a deployment to AWS needs of the account. Without a region or credentials there is nothing else to see. */
export async function examineAws(): Promise<readonly AwsCheck[]> {
  const region = await examined('AWS region', 'fail', operatorRegion);
  if ('check' in region) return [region.check];
  const settings = clientSettings({ region: region.found });
  const identity = await examined('credentials', 'fail', () => callerIdentity(new STSClient(settings)));
  const first = ok('AWS region', region.found);
  if ('check' in identity) return [first, identity.check];
  const { accountId, arn } = identity.found;
  return [
    first,
    ok('credentials', `${arn}, account ${accountId}`),
    ...(
      await Promise.all([
        examineBootstrap(new SSMClient(settings), identity.found, region.found).then((check) => [check]),
        examineControlPlane(settings),
        ...examineQuotas(settings).map(async (check) => [await check]),
      ])
    ).flat(),
  ];
}

/** What was found, or the check that says why it was not. Missing permissions are worth a warning: whoever deploys may have them. */
async function examined<T>(
  name: string,
  status: 'warn' | 'fail',
  find: () => Promise<T>,
): Promise<{ readonly found: T } | { readonly check: AwsCheck }> {
  try {
    return { found: await find() };
  } catch (thrown) {
    const { code, message, hint } = asHiveMindError(thrown);
    return {
      check: { name, status: code === 'AccessDenied' ? 'warn' : status, detail: message, mend: hint },
    };
  }
}

async function examineBootstrap(
  client: SSMClient,
  { accountId }: CallerIdentity,
  region: string,
): Promise<AwsCheck> {
  const name = 'bootstrap';
  const version = await examined(name, 'fail', () => bootstrapVersion(client));
  if ('check' in version) return version.check;
  const mend = `run, in the folder of HiveMind: npx cdk bootstrap aws://${accountId}/${region}`;
  if (version.found === undefined) return { name, status: 'fail', detail: 'it was never run here', mend };
  const detail = `version ${version.found}`;
  if (version.found >= OLDEST_BOOTSTRAP) return ok(name, detail);
  return { name, status: 'fail', detail: `${detail}, and ${OLDEST_BOOTSTRAP} is needed`, mend };
}

/** Its version, and whether it is frozen. */
async function examineControlPlane(
  settings: ReturnType<typeof clientSettings>,
): Promise<readonly AwsCheck[]> {
  const client = new CloudFormationClient(settings);
  const found = await examined('control plane', 'fail', () => findControlPlane(client));
  if ('check' in found) return [found.check];
  const { version, table } = found.found;
  return [
    ok('control plane', `version ${version}`),
    await examineFreeze(new DynamoDBClient(settings), table),
  ];
}

async function examineFreeze(client: DynamoDBClient, table: string): Promise<AwsCheck> {
  const name = 'freeze';
  const store = awsDeploymentStore({ client, table, clock: systemClock });
  const found = await examined(name, 'warn', () => store.findFreeze());
  if ('check' in found) return found.check;
  if (!found.found) return ok(name, 'nothing is frozen');
  const { message, hint } = frozen(found.found);
  return { name, status: 'warn', detail: message, mend: hint };
}

interface QuotaCheck {
  readonly name: string;
  readonly quota: QuotaName;
  readonly used: () => Promise<number>;
  /** What a deployment may need more of it. */
  readonly wanted: number;
  /** Whether no deployment at all works without any left. */
  readonly vital: boolean;
}

function examineQuotas(settings: ReturnType<typeof clientSettings>): readonly Promise<AwsCheck>[] {
  const quotas = new ServiceQuotasClient(settings);
  const ec2 = new EC2Client(settings);
  const balancing = new ElasticLoadBalancingV2Client(settings);
  const usage = {
    vpcs: { name: 'VPCs', wanted: 1, vital: false, used: () => vpcUsage(ec2) },
    elasticIps: { name: 'Elastic IPs', wanted: 2, vital: false, used: () => elasticIpUsage(ec2) },
    standardVcpus: { name: 'vCPUs', wanted: 8, vital: true, used: () => standardVcpuUsage(ec2) },
    applicationLoadBalancers: {
      name: 'load balancers',
      wanted: 1,
      vital: true,
      used: () => applicationLoadBalancerUsage(balancing),
    },
  } satisfies Record<keyof typeof QUOTAS, Omit<QuotaCheck, 'quota'>>;
  return Object.entries(usage).map(([key, check]) =>
    examineQuota(quotas, { ...check, quota: QUOTAS[key as keyof typeof QUOTAS] }),
  );
}

async function examineQuota(client: ServiceQuotasClient, check: QuotaCheck): Promise<AwsCheck> {
  const { name, quota, used, wanted, vital } = check;
  const found = await examined(name, 'warn', async () => {
    const [most, inUse] = await Promise.all([quotaOf(client, quota), used()]);
    return { most, inUse };
  });
  if ('check' in found) return found.check;
  const { most, inUse } = found.found;
  const left = Math.max(0, most - inUse);
  const detail = `${inUse} of ${most} in use`;
  if (left >= wanted) return ok(name, detail);
  const mend = `ask for more in the Service Quotas console (${quota.serviceCode}, ${quota.quotaCode}), or remove what is not needed: a new deployment can take ${wanted}`;
  return { name, status: left === 0 && vital ? 'fail' : 'warn', detail, mend };
}

const ok = (name: string, detail: string): AwsCheck => ({ name, status: 'ok', detail, mend: null });
