import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { openSource } from '../../src/adapters/aws/source-repository/open.ts';
import { resolveSource } from '../../src/adapters/aws/source-repository/resolve.ts';
import { storedCredentials } from '../../src/adapters/aws/source-repository/stored-credentials.ts';
import { type ReconPorts, recon } from './agent.ts';

const { artifactBucket } = controlPlaneFacts(process.env, ['artifactBucket']);
const options = {
  s3: newClient(S3Client),
  bucket: artifactBucket,
  credentialsFor: storedCredentials(newClient(SecretsManagerClient)),
};
const sources: ReconPorts['sources'] = {
  resolve: (source, signal) => resolveSource(options, source, signal),
  open: (source) => openSource(options, source),
};
const ports: ReconPorts & AgentHandlerPorts = { ...stagePorts(), sources };

export const handler = agentHandler(recon(ports), ports);
