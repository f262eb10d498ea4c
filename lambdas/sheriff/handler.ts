import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { describeIsolation } from '../../src/adapters/aws/builder/isolation.ts';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { observeInfrastructure } from '../../src/adapters/aws/infrastructure-inspection.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionFleet } from '../../src/adapters/aws/lambda/fleet.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { observeRuntime } from '../../src/adapters/aws/runtime-inspection.ts';
import { awsSecurityScanner } from '../../src/adapters/aws/security-scanner.ts';
import { openSource } from '../../src/adapters/aws/source-repository/open.ts';
import { listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { sheriff } from './agent.ts';
import type { SheriffPorts } from './ports.ts';

const { artifactBucket: bucket } = controlPlaneFacts(process.env, ['artifactBucket']);
const s3 = newClient(S3Client);
const fleet = functionFleet();
const cloudFormation = newClient(CloudFormationClient);
const stacks: SheriffPorts['stacks'] = {
  list: (deploymentId) => listStacks({ cloudFormation }, deploymentId),
};
const sources = {
  ...fleet,
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  rds: newClient(RDSClient),
  stacks,
};
const ports: SheriffPorts & AgentHandlerPorts = {
  ...stagePorts(),
  stacks,
  scanner: awsSecurityScanner(),
  sources: { open: (source) => openSource({ s3, bucket }, source) },
  builder: { isolation: describeIsolation },
  runtime: { observe: (stack) => observeRuntime(fleet, stack) },
  infrastructure: { observe: (deploymentId) => observeInfrastructure(sources, deploymentId) },
};

export const handler = agentHandler(sheriff(ports), ports);
