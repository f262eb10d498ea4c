import { BUILD_VARIABLES, type BuildJob, buildJobShape } from '../../src/contracts/build-program.ts';
import { fetched } from './transfer.ts';

/** What the container tells us, and nobody that we start: credentials, where to ask for some, addresses that admit to the bucket. */
const PRIVATE = /^(?:AWS_|ECS_|CODEBUILD_|HIVEMIND_)/;

/** The job of this build. @throws {HiveMindError} AwsUnavailable */
export async function readJob(environment: NodeJS.ProcessEnv): Promise<BuildJob> {
  const url = environment[BUILD_VARIABLES.jobUrl];
  if (!url) throw new TypeError(`${BUILD_VARIABLES.jobUrl} is not set`);
  return buildJobShape.parse(JSON.parse((await fetched(url, 'the job')).toString()));
}

/** Removes from the environment of this process what no other may have. */
export function forgetSecrets(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (PRIVATE.test(name)) delete environment[name];
}
