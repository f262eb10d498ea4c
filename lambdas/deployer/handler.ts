import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import {
  firstExit,
  instanceLogTail,
  listeningPorts,
  listInstances,
  runOnInstance,
  startInstances,
} from '../../src/adapters/aws/instance-commands.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionFleet } from '../../src/adapters/aws/lambda/fleet.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { removeStack } from '../../src/adapters/aws/stack-engine/removing.ts';
import { healthChangeOf, healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { deregisterTargets, registerTargets } from '../../src/adapters/aws/traffic-router/targets.ts';
import { shiftWeights, weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { deployer } from './agent.ts';
import type { DeployerPorts } from './ports.ts';

const fleet = functionFleet();
const facts = {
  cloudFormation: newClient(CloudFormationClient),
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  rds: newClient(RDSClient),
  clock: systemClock,
};
const ports: DeployerPorts & AgentHandlerPorts = {
  ...stagePorts(),
  instances: {
    list: (stack) => listInstances(fleet, stack),
    start: (ids) => startInstances(fleet, ids),
    run: (id, command, options) => runOnInstance(fleet, id, command, options),
    firstExit: (ids, options) => firstExit(fleet, ids, options),
    listeningPorts: (id) => listeningPorts(fleet, id),
    logTail: (id, lines) => instanceLogTail(fleet, id, lines),
  },
  router: {
    register: (loadBalancer, color, targets) => registerTargets(facts, loadBalancer, color, targets),
    deregister: (loadBalancer, color, targetIds, patience) =>
      deregisterTargets(facts, { loadBalancer, color, targetIds }, patience),
    health: (loadBalancer, color) => healthOf(facts, loadBalancer, color),
    healthChange: (loadBalancer, color, seen, options) =>
      healthChangeOf(facts, { loadBalancer, color, seen }, options),
    shift: (loadBalancer, weights) => shiftWeights(facts, loadBalancer, weights),
    weights: (loadBalancer) => weightsOf(facts, loadBalancer),
  },
  stacks: {
    list: (deploymentId) => listStacks(facts, deploymentId),
    remove: (name, patience) => removeStack(facts, name, patience),
  },
};

export const handler = agentHandler(deployer(ports), ports);
