import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { S3Client } from '@aws-sdk/client-s3';
import { findArtifact } from '../../src/adapters/aws/artifact-store/find.ts';
import { runBuild } from '../../src/adapters/aws/builder/run-build.ts';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { compiler } from './agent.ts';
import type { CompilerPorts } from './ports.ts';

const { artifactBucket, buildProject, logGroup } = controlPlaneFacts(process.env, [
  'artifactBucket',
  'buildProject',
  'logGroup',
]);
/** The programs that builds and instances run lie beside this function's code. */
const programs = process.env['HIVEMIND_PROGRAMS']
  ? pathToFileURL(`${process.env['HIVEMIND_PROGRAMS']}/`)
  : new URL('./programs/', import.meta.url);
const s3 = newClient(S3Client);
const common = stagePorts();
const building = {
  ...common,
  s3,
  bucket: artifactBucket,
  codebuild: newClient(CodeBuildClient),
  buildProject,
  logs: newClient(CloudWatchLogsClient),
  logGroup,
  // An emulator has no instances that would run anything: its tests leave the 125 MB of a Node out.
  carriesRuntime: process.env['HIVEMIND_BARE_ARTIFACTS'] === undefined,
  program: () => readFile(new URL('build-runner.mjs', programs)),
  instanceProgram: () => readFile(new URL('instance.mjs', programs)),
};
const ports: CompilerPorts & AgentHandlerPorts = {
  ...common,
  builder: { build: (request, patience) => runBuild(building, request, patience) },
  artifacts: { find: (id) => findArtifact({ s3, bucket: artifactBucket }, id) },
};

export const handler = agentHandler(compiler(ports), ports);
