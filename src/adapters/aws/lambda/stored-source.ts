import { S3Client } from '@aws-sdk/client-s3';
import type { SourceRepository } from '../../../ports/source-repository.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import { openSource } from '../source-repository/open.ts';
import { newClient } from './observability.ts';

/** Sources at a commit that Recon has stored. */
export function storedSource(environment: NodeJS.ProcessEnv = process.env): Pick<SourceRepository, 'open'> {
  const { artifactBucket: bucket } = controlPlaneFacts(environment, ['artifactBucket']);
  const s3 = newClient(S3Client);
  return { open: (source) => openSource({ s3, bucket }, source) };
}
