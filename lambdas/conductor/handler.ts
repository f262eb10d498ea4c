import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { awsDeploymentStore } from '../../src/adapters/aws/deployment-store.ts';
import { eventHandler } from '../../src/adapters/aws/lambda/event-handler.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { getSecret } from '../../src/adapters/aws/secrets/get.ts';
import { putSecret } from '../../src/adapters/aws/secrets/put.ts';
import { listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { shiftWeights, weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { startWorkflow } from '../../src/adapters/aws/workflow-runner/start.ts';
import { type ConductorPorts, conductor } from './conductor.ts';

const facts = controlPlaneFacts(process.env, ['table', 'stateMachineArnPrefix']);
const store = awsDeploymentStore({
  client: newClient(DynamoDBClient),
  table: facts.table,
  clock: systemClock,
});
const secretsManager = newClient(SecretsManagerClient);
const cloudFormation = newClient(CloudFormationClient);
const routing = {
  cloudFormation,
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  clock: systemClock,
};
const stepFunctions = newClient(SFNClient);
const ports: ConductorPorts = {
  store,
  clock: systemClock,
  stacks: { list: (deploymentId) => listStacks({ cloudFormation }, deploymentId) },
  router: {
    shift: (loadBalancer, weights) => shiftWeights(routing, loadBalancer, weights),
    weights: (loadBalancer) => weightsOf(routing, loadBalancer),
  },
  secrets: {
    put: (...values) => putSecret(secretsManager, ...values),
    get: (reference) => getSecret(secretsManager, reference),
  },
  runner: {
    start: (workflow, executionId, deploymentId) =>
      startWorkflow(stepFunctions, facts.stateMachineArnPrefix, workflow, { executionId, deploymentId }),
  },
};
/** `hivemind:network` of cdk.json. */
const network = process.env['HIVEMIND_NETWORK'] === 'dedicated' ? 'dedicated' : 'shared';

export const handler = eventHandler((forDeployment) => conductor(ports, { network }, forDeployment));
