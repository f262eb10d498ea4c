import { CodeBuildClient, CreateProjectCommand } from '@aws-sdk/client-codebuild';
import type { Account } from './account.ts';

/** The project of the control plane that builds run in. */
export async function makeBuildProject({ settings, accountId }: Account, name: string): Promise<void> {
  await new CodeBuildClient(settings).send(
    new CreateProjectCommand({
      name,
      // Unlike CodeBuild, the emulator wants to know where the source of a project without one is.
      source: { type: 'NO_SOURCE', location: 'none', buildspec: 'version: 0.2' },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'ARM_CONTAINER',
        image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
        computeType: 'BUILD_GENERAL1_SMALL',
      },
      serviceRole: `arn:aws:iam::${accountId}:role/service-role/hivemind-builds`,
    }),
  );
}
