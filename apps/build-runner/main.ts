/**
 * Builds one commit in a container that is made for it: fetches the source and uploads the artifact by addresses that end
 * after an hour, and says what became of it in `facts.json`. Has no rights of its own.
 */

import { MalformedArchive } from '../../src/adapters/anywhere/archive/tar-format.ts';
import {
  BUILD_FAILURES,
  type BuildFailure,
  type BuildJob,
  type BuildProgramFacts,
  FAILURE_LIMITS,
} from '../../src/contracts/build-program.ts';
import { asHiveMindError, type ErrorCode } from '../../src/domain/errors.ts';
import { buildArtifact } from './build.ts';
import { forgetSecrets, readJob } from './job.ts';
import { printedOutput } from './output.ts';
import { upload } from './transfer.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function factsOf(job: BuildJob): Promise<BuildProgramFacts> {
  try {
    return await buildArtifact(job, printedOutput(print), process.env);
  } catch (error) {
    return failure(error);
  }
}

function failure(thrown: unknown): BuildProgramFacts {
  const { code, message, hint, logTail } = asHiveMindError(thrown);
  return {
    ok: false,
    code: thrown instanceof MalformedArchive ? 'SourceNotFound' : knownCode(code),
    message: message.slice(0, FAILURE_LIMITS.message),
    hint: hint.slice(0, FAILURE_LIMITS.hint),
    logTail: logTail.slice(-FAILURE_LIMITS.logLines).map((line) => line.slice(0, FAILURE_LIMITS.logLine)),
  };
}

const knownCode = (code: ErrorCode): BuildFailure =>
  BUILD_FAILURES.find((known) => known === code) ?? 'InternalError';

const job = await readJob(process.env);
forgetSecrets(process.env);
const facts = await factsOf(job);
await upload(job.factsUrl, JSON.stringify(facts), 'what became of the build');
process.exitCode = facts.ok ? 0 : 1;
