import type { Builder } from '../../ports/builder.ts';
import { forgetBuilds } from './builder/forget-builds.ts';
import { describeIsolation } from './builder/isolation.ts';
import { type RunOptions, runBuild } from './builder/run-build.ts';
import { stopBuild } from './builder/stop-build.ts';

export type AwsBuilderOptions = RunOptions;

/** Builds in CodeBuild, each in a container of its own that can do nothing else. */
export const awsBuilder = (options: AwsBuilderOptions): Builder => ({
  build: (request, patience) => runBuild(options, request, patience),
  stop: (token) => stopBuild(options, token),
  forget: (repository) => forgetBuilds(options, repository),
  isolation: describeIsolation,
});
