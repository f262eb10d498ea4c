import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { conductor } from '../../lambdas/conductor/conductor.ts';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import type { ControlPlane } from '../../src/adapters/aws/control-plane.ts';
import { awsDeploymentStore } from '../../src/adapters/aws/deployment-store.ts';
import { shiftWeights, weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { awsWorkflowRunner } from '../../src/adapters/aws/workflow-runner.ts';
import type { WorkflowName } from '../../src/domain/execution.ts';
import type { LogSource } from '../../src/domain/log-line.ts';
import type { GiveBackPorts } from '../../src/operations/give-back.ts';
import { endedEvent, memorySecrets } from '../fixtures/conducted-account.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { type Account, openAccount } from './account.ts';
import { makeControlPlane } from './control-plane-stand-in.ts';

/** An account with a control plane whose agents are the test: the emulator has no functions that could run. */
export async function operatedAccount(given?: Account, change: Partial<ControlPlane> = {}) {
  const account = given ?? (await openAccount());
  const controlPlane = await makeControlPlane(account, change);
  const { settings } = account;
  const client = new DynamoDBClient(settings);
  const store = awsDeploymentStore({ client, table: controlPlane.table, clock: systemClock });
  const sfn = new SFNClient(settings);
  const { stateMachineArnPrefix } = controlPlane;
  const runner = awsWorkflowRunner({ client: sfn, stateMachineArnPrefix, store });
  const stacks = { list: async () => [] };
  const router = routerOf(account);
  const conduct = conductor({ store, clock: systemClock, secrets: memorySecrets(), runner, stacks, router });

  const executions = async (workflow: WorkflowName = 'deploy') => {
    const stateMachineArn = `${stateMachineArnPrefix}${workflow}`;
    const { executions: all = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    return Promise.all(
      all.map(async ({ executionArn, name = '' }) => {
        const { input = '' } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return { name, input: JSON.parse(input) as unknown };
      }),
    );
  };

  return {
    account,
    controlPlane,
    store,
    executions,
    /** The newest execution that Step Functions was told to start. */
    started: async (workflow: WorkflowName = 'deploy') =>
      (await waitFor(async () => (await executions(workflow)).at(0), { what: `a ${workflow}` })).name,
    /** The next execution after so many. */
    startedAfter: async (workflow: WorkflowName, count: number) => {
      const known = async () => {
        const all = await executions(workflow);
        return all.length > count ? all.map(({ name }) => name) : undefined;
      };
      const names = await waitFor(known, { what: `a ${workflow}` });
      const running = await Promise.all(names.map((name) => store.findExecution(name)));
      return running.find((execution) => execution?.status === 'RUNNING')?.id ?? '';
    },
    /** What the agents would leave of a deploy that went well. */
    makeLive: async (deploymentId: string, commit: string) => {
      const { number } = await store.ensureRelease({
        deploymentId,
        commit,
        artifact: 'sha256-0',
        configuration: 'c',
        createdAt: systemClock.now(),
      });
      await store.updateDeployment(deploymentId, {
        status: 'ACTIVE',
        liveColor: 'blue',
        liveRelease: number,
        url: 'http://shop.elb.amazonaws.com',
      });
    },
    /** The workflow ends, and EventBridge tells the conductor. */
    end: async (
      executionId: string,
      status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' = 'SUCCEEDED',
    ) => conduct({ ...endedEvent(executionId, status), time: systemClock.now() }),
    log: (deploymentId: string, source: LogSource, name: string, lines: readonly string[]) =>
      writeLog(account, controlPlane, `${deploymentId}/${source}/${name}`, lines),
  };
}

function routerOf({ settings }: Account): GiveBackPorts['router'] {
  const facts = {
    cloudFormation: new CloudFormationClient(settings),
    loadBalancing: new ElasticLoadBalancingV2Client(settings),
    clock: systemClock,
  };
  return {
    weights: (loadBalancer) => weightsOf(facts, loadBalancer),
    shift: (loadBalancer, weights) => shiftWeights(facts, loadBalancer, weights),
  };
}

async function writeLog(
  { settings }: Account,
  { logGroup: logGroupName }: ControlPlane,
  logStreamName: string,
  lines: readonly string[],
): Promise<void> {
  const logs = new CloudWatchLogsClient(settings);
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const now = Date.now();
  const logEvents = lines.map((message, index) => ({ message, timestamp: now + index }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}
