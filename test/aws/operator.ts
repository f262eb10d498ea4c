import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeInstancesCommand, DescribeNatGatewaysCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import type { Home } from '../../src/adapters/local/home.ts';
import type { WorkflowName } from '../../src/domain/execution.ts';
import { sessionIn } from './aws-session.ts';
import type { OperatedPlatform } from './operated-platform.ts';

/** Commands of an operator of the platform, and a look at what the account has. */
export function operations(platform: OperatedPlatform, home: Home) {
  const { settings } = platform.proxy.account;
  return {
    /** A command, while the workflow that it starts is run by the functions. */
    operate: async (workflow: Exclude<WorkflowName, 'retire'>, ...argv: string[]) => {
      const before = (await platform.executions(workflow)).length;
      const session = await sessionIn(platform.proxy.account, { home });
      const command = session.run(workflow, ...argv);
      const interpreted = platform
        .startedAfter(workflow, before)
        .then((executionId) => platform.interpret(workflow, executionId));
      // A command that is refused starts no workflow.
      const code = await Promise.race([command, interpreted.then(() => command)]);
      return { code, out: session.stdout.text, err: session.stderr.text };
    },

    /** Stacks and tagged resources of the account, apart from the control plane and from instances and NAT gateways that have ended. */
    whatIsLeft: async (): Promise<readonly string[]> => {
      const { Stacks = [] } = await new CloudFormationClient(settings).send(new DescribeStacksCommand({}));
      const { ResourceTagMappingList: tagged = [] } = await new ResourceGroupsTaggingAPIClient(settings).send(
        new GetResourcesCommand({ TagFilters: [{ Key: 'hivemind:deployment' }] }),
      );
      const ec2 = new EC2Client(settings);
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
      const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({}));
      const gone = NatGateways.flatMap(({ NatGatewayId = '', State }) =>
        State === 'deleted' ? NatGatewayId : [],
      );
      const ended = Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(
        ({ InstanceId = '', State }) => (State?.Name === 'terminated' ? InstanceId : []),
      );
      return [
        ...Stacks.flatMap(({ StackName = '' }) => (StackName === 'hivemind' ? [] : StackName)),
        ...tagged.flatMap(({ ResourceARN = '' }) =>
          [...ended, ...gone].some((id) => ResourceARN.endsWith(id)) ? [] : ResourceARN,
        ),
      ];
    },
  };
}

/** What a command printed that did not succeed; empty for one that did. */
export const complaint = ({ code, out, err }: { code: number; out: string; err: string }): string =>
  code === 0 ? '' : `${code}: ${out}${err}`;
