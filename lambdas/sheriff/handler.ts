import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describeIsolation } from '../../src/adapters/aws/builder/isolation.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionModel } from '../../src/adapters/aws/lambda/language-model.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { storedSource } from '../../src/adapters/aws/lambda/stored-source.ts';
import { awsSecurityScanner } from '../../src/adapters/aws/security-scanner.ts';
import { listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { sheriff } from './agent.ts';
import type { SheriffPorts } from './ports.ts';

const cloudFormation = newClient(CloudFormationClient);
const stacks: SheriffPorts['stacks'] = {
  list: (deploymentId) => listStacks({ cloudFormation }, deploymentId),
};
const inspection = async () =>
  (await import('../../src/adapters/aws/lambda/inspection.ts')).inspection(stacks);
const common = stagePorts();
const ports: SheriffPorts & AgentHandlerPorts = {
  ...common,
  stacks,
  scanner: awsSecurityScanner(),
  sources: storedSource(),
  builder: { isolation: describeIsolation },
  model: functionModel(common),
  runtime: { observe: async (...what) => (await inspection()).runtime.observe(...what) },
  infrastructure: { observe: async (...what) => (await inspection()).infrastructure.observe(...what) },
};

export const handler = agentHandler(sheriff(ports), ports);
