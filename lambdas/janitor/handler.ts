import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { commandsOn } from '../../src/adapters/aws/instance-commands.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionFleet } from '../../src/adapters/aws/lambda/fleet.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { listSecrets } from '../../src/adapters/aws/secrets/list.ts';
import { removeSecrets } from '../../src/adapters/aws/secrets/remove-all.ts';
import { describeStack, listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { forgetTelemetry } from '../../src/adapters/aws/telemetry.ts';
import { resumeReplacing } from '../../src/adapters/aws/traffic-router/group-health.ts';
import { healthChangeOf, healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { deregisterTargets, registerTargets } from '../../src/adapters/aws/traffic-router/targets.ts';
import { shiftWeights, weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { janitor } from './agent.ts';
import type { JanitorPorts } from './ports.ts';

const { logGroup } = controlPlaneFacts(process.env, ['logGroup']);
const secretsManager = newClient(SecretsManagerClient);
const common = stagePorts();
const fleet = functionFleet();
const facts = {
  ...fleet,
  clock: systemClock,
  cloudFormation: newClient(CloudFormationClient),
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  logs: newClient(CloudWatchLogsClient),
  secretsManager,
  controlPlane: { logGroup },
  logGroup,
};
const storedObjects = () => import('../../src/adapters/aws/lambda/stored-objects.ts');
const databaseSnapshots = async () => {
  const loaded = await import('../../src/adapters/aws/lambda/database-snapshots.ts');
  return loaded.databaseSnapshots(facts);
};
const ports: JanitorPorts & AgentHandlerPorts = {
  ...common,
  stacks: {
    list: (deploymentId) => listStacks(facts, deploymentId),
    describe: (name) => describeStack(facts, name),
    remove: async (name, patience) => {
      const { stackRemoval } = await import('../../src/adapters/aws/lambda/stack-removal.ts');
      return stackRemoval(facts).remove(name, patience);
    },
  },
  router: {
    deregister: (loadBalancer, color, targetIds, patience) =>
      deregisterTargets(facts, { loadBalancer, color, targetIds }, patience),
    register: (loadBalancer, color, targets) => registerTargets(facts, loadBalancer, color, targets),
    replaceFailing: (loadBalancer, color) => resumeReplacing(facts, loadBalancer, color),
    health: (loadBalancer, color) => healthOf(facts, loadBalancer, color),
    healthChange: (loadBalancer, color, seen, options) =>
      healthChangeOf(facts, { loadBalancer, color, seen }, options),
    shift: (loadBalancer, weights) => shiftWeights(facts, loadBalancer, weights),
    weights: (loadBalancer) => weightsOf(facts, loadBalancer),
  },
  instances: {
    ...commandsOn(fleet),
    install: async (...order) => {
      const { instanceInstallation } = await import('../../src/adapters/aws/lambda/instance-installation.ts');
      return instanceInstallation(fleet).install(...order);
    },
  },
  snapshots: {
    create: async (...order) => (await databaseSnapshots()).create(...order),
    removeFinal: async (...order) => (await databaseSnapshots()).removeFinal(...order),
  },
  inventory: {
    find: async (deploymentId) => {
      const { resourceSearch } = await import('../../src/adapters/aws/lambda/resource-search.ts');
      return resourceSearch(facts).find(deploymentId);
    },
  },
  secrets: {
    list: (...order) => listSecrets(secretsManager, ...order),
    removeAll: (...order) => removeSecrets(secretsManager, ...order),
  },
  artifacts: {
    find: async (id) => (await storedObjects()).artifacts.find(id),
    remove: async (id) => (await storedObjects()).artifacts.remove(id),
  },
  builder: {
    forget: async (repository) => (await storedObjects()).builder.forget(repository),
    stop: async (token) => (await storedObjects()).builder.stop(token),
  },
  sources: { forget: async (source) => (await storedObjects()).sources.forget(source) },
  telemetry: { ...common.telemetry, forget: (deploymentId) => forgetTelemetry(facts, deploymentId) },
};

export const handler = agentHandler(janitor(ports), ports);
