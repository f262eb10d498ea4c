import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { commandsOn } from '../../src/adapters/aws/instance-commands.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionFleet } from '../../src/adapters/aws/lambda/fleet.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { firingAlarms } from '../../src/adapters/aws/traffic-observation/alarms.ts';
import { trafficSince } from '../../src/adapters/aws/traffic-observation/traffic.ts';
import { resumeReplacing } from '../../src/adapters/aws/traffic-router/group-health.ts';
import { healthChangeOf, healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { deregisterTargets, registerTargets } from '../../src/adapters/aws/traffic-router/targets.ts';
import { shiftWeights, weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { deployer } from './agent.ts';
import type { DeployerPorts } from './ports.ts';

const fleet = functionFleet();
const facts = {
  autoScaling: fleet.autoScaling,
  cloudFormation: newClient(CloudFormationClient),
  cloudWatch: newClient(CloudWatchClient),
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  clock: systemClock,
};
const ports: DeployerPorts & AgentHandlerPorts = {
  ...stagePorts(),
  instances: {
    ...commandsOn(fleet),
    install: async (...order) => {
      const { instanceInstallation } = await import('../../src/adapters/aws/lambda/instance-installation.ts');
      return instanceInstallation(fleet).install(...order);
    },
  },
  router: {
    register: (loadBalancer, color, targets) => registerTargets(facts, loadBalancer, color, targets),
    deregister: (loadBalancer, color, targetIds, patience) =>
      deregisterTargets(facts, { loadBalancer, color, targetIds }, patience),
    replaceFailing: (loadBalancer, color) => resumeReplacing(facts, loadBalancer, color),
    health: (loadBalancer, color) => healthOf(facts, loadBalancer, color),
    healthChange: (loadBalancer, color, seen, options) =>
      healthChangeOf(facts, { loadBalancer, color, seen }, options),
    shift: (loadBalancer, weights) => shiftWeights(facts, loadBalancer, weights),
    weights: (loadBalancer) => weightsOf(facts, loadBalancer),
  },
  observation: {
    traffic: (loadBalancer, color, since) => trafficSince(facts, { loadBalancer, color, since }),
    firingAlarms: (deploymentId, since) => firingAlarms(facts, deploymentId, since),
  },
  stacks: {
    list: (deploymentId) => listStacks(facts, deploymentId),
    remove: async (name, patience) => {
      const { stackRemoval } = await import('../../src/adapters/aws/lambda/stack-removal.ts');
      return stackRemoval(facts).remove(name, patience);
    },
  },
};

export const handler = agentHandler(deployer(ports), ports);
