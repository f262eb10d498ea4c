import { S3Client } from '@aws-sdk/client-s3';
import type { InstanceCommands } from '../../../ports/instance-commands.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import { installOnInstance } from '../instance-commands/install.ts';
import type { Fleet } from '../instance-commands.ts';
import { newClient } from './observability.ts';

const { artifactBucket: bucket } = controlPlaneFacts(process.env, ['artifactBucket']);
const artifacts = { s3: newClient(S3Client), bucket };

/** Loaded with `import()` when an instance is given another release: only then is an address in S3 signed. */
export const instanceInstallation = (fleet: Fleet): Pick<InstanceCommands, 'install'> => ({
  install: (id, release, patience) => installOnInstance({ ...fleet, artifacts }, id, release, patience),
});
