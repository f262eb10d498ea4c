import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { listInstances } from '../../src/adapters/aws/instance-commands.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionFleet } from '../../src/adapters/aws/lambda/fleet.ts';
import { functionModel } from '../../src/adapters/aws/lambda/language-model.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { awsProbe } from '../../src/adapters/aws/probe.ts';
import { healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { probeRouteTo } from '../../src/adapters/aws/traffic-router/probe-route.ts';
import { weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { qa } from './agent.ts';
import type { QaPorts } from './ports.ts';

const fleet = functionFleet();
const facts = {
  cloudFormation: newClient(CloudFormationClient),
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  secretsManager: newClient(SecretsManagerClient),
};
const common = stagePorts();
const ports: QaPorts & AgentHandlerPorts = {
  ...common,
  probe: awsProbe(fleet),
  router: {
    probeRoute: (loadBalancer, color) => probeRouteTo(facts, loadBalancer, color),
    health: (loadBalancer, color) => healthOf(facts, loadBalancer, color),
    weights: (loadBalancer) => weightsOf(facts, loadBalancer),
  },
  instances: { list: (stack) => listInstances(fleet, stack) },
  sources: {
    open: async (source) =>
      (await import('../../src/adapters/aws/lambda/stored-source.ts')).storedSource().open(source),
  },
  model: functionModel(common),
};

export const handler = agentHandler(qa(ports), ports);
