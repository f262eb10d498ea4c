import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { S3Client } from '@aws-sdk/client-s3';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Builder } from '../../../ports/builder.ts';
import type { SourceRepository } from '../../../ports/source-repository.ts';
import { systemClock } from '../../anywhere/clock.ts';
import { findArtifact } from '../artifact-store/find.ts';
import { removeArtifact } from '../artifact-store/remove.ts';
import { forgetBuilds } from '../builder/forget-builds.ts';
import { stopBuild } from '../builder/stop-build.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import { removeUnlessShared } from '../source-repository/stored-source.ts';
import { newClient } from './observability.ts';

const { artifactBucket: bucket } = controlPlaneFacts(process.env, ['artifactBucket']);
const stored = { s3: newClient(S3Client), bucket };
const codebuild = newClient(CodeBuildClient);

/** Loaded with `import()` when what deployments have stored is looked at or removed; most of what removes has to do with stacks. */
export const artifacts: Pick<ArtifactStore, 'find' | 'remove'> = {
  find: (id) => findArtifact(stored, id),
  remove: (id) => removeArtifact(stored, id),
};

export const builder: Pick<Builder, 'forget' | 'stop'> = {
  forget: (repository) => forgetBuilds(stored, repository),
  stop: (token) => stopBuild({ ...stored, codebuild, clock: systemClock }, token),
};

export const sources: Pick<SourceRepository, 'forget'> = {
  forget: (source) => removeUnlessShared(stored, source),
};
