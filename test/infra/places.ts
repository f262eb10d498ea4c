import type { Places } from '../../lib/control-plane/places.ts';
import { WORKFLOWS } from '../../src/domain/execution.ts';

const at = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:123456789012:${resource}`;

/** As long as real ones. */
export const PLACES: Places = {
  partition: 'aws',
  region: 'eu-west-1',
  account: '123456789012',
  table: at('dynamodb', 'table/hivemind-StateTable962DE04C-QLNINMUKMCCL'),
  artifactBucket: 'arn:aws:s3:::hivemind-artifactsbucket88671897-wcec3okwm17f',
  key: at('kms', 'key/b8ab67bd-9adf-4a81-bfb0-3443110419de'),
  logGroup: at('logs', 'log-group:/hivemind/deployments'),
  buildLogGroup: at('logs', 'log-group:/hivemind/builds'),
  buildProject: at('codebuild', 'project/hivemind-builds'),
  stackRole: 'arn:aws:iam::123456789012:role/hivemind-control-plane/hivemind-StackRoleCD6CA680-5APRNH28VR9W',
  instanceBoundary:
    'arn:aws:iam::123456789012:policy/hivemind-control-plane/hivemind-InstanceBoundaryPolicy7C4FAB02-O2727UP40G4J',
  instanceDocument: at('ssm', 'document/hivemind-instance'),
  alarmTopic: at('sns', 'hivemind-alarms'),
  models: [
    at('bedrock', 'inference-profile/global.anthropic.claude-sonnet-5-5'),
    'arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-5-5',
  ],
  ownModelProfiles: [at('bedrock', 'application-inference-profile/abc')],
  stateMachines: WORKFLOWS.map((workflow) => at('states', `stateMachine:hivemind-${workflow}`)),
};
