import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SourceRepository } from '../../../ports/source-repository.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import { openSource } from '../source-repository/open.ts';
import { resolveSource } from '../source-repository/resolve.ts';
import { storedCredentials } from '../source-repository/stored-credentials.ts';
import { newClient } from './observability.ts';

const { artifactBucket: bucket } = controlPlaneFacts(process.env, ['artifactBucket']);
const options = {
  s3: newClient(S3Client),
  bucket,
  credentialsFor: storedCredentials(newClient(SecretsManagerClient)),
};

/** Loaded with `import()` once a task has been found to be one of ours: git is large. */
export const sources: Pick<SourceRepository, 'resolve' | 'open'> = {
  resolve: (source, signal) => resolveSource(options, source, signal),
  open: (source) => openSource(options, source),
};
