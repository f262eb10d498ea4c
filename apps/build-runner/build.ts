import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decompressed } from '../../src/adapters/anywhere/archive/gzip.ts';
import { unpack } from '../../src/adapters/anywhere/archive/unpack.ts';
import { identified } from '../../src/adapters/anywhere/artifact/manifest.ts';
import { BuildTimeout, runBuild } from '../../src/adapters/local/build/build-job.ts';
import type { BuildOutput } from '../../src/adapters/local/build/build-output.ts';
import { localMachine, type Machine } from '../../src/adapters/local/build/machine.ts';
import { runtimeDirectory } from '../../src/adapters/local/build/program-directories.ts';
import { ToolInstaller } from '../../src/adapters/local/build/tool-installer.ts';
import { cacheFolder } from '../../src/adapters/local/build/workspace.ts';
import { type Home, homeFrom, prepareHome } from '../../src/adapters/local/home.ts';
import type { BuildJob, BuildProgramFacts } from '../../src/contracts/build-program.ts';
import type { ArtifactFacts, ArtifactManifest } from '../../src/ports/artifact-store.ts';
import { nodeIn, type PackedArtifact, packArtifact } from './pack.ts';
import { containerIsolation, handOver, strangerOn, type User } from './stranger.ts';
import { downloaded, fetchedProgram, uploadFile } from './transfer.ts';

/** The limits of a stored source are below. */
const SOURCE_LIMITS = { bytes: 2 * 1024 ** 3, files: 400_000 };

type Success = Extract<BuildProgramFacts, { ok: true }>;

/**
 * Builds what the job says and uploads the artifact. Everything is done in a temporary folder that is gone afterwards.
 * @throws {HiveMindError}
 */
export async function buildArtifact(
  job: BuildJob,
  output: BuildOutput,
  environment: NodeJS.ProcessEnv,
): Promise<Success> {
  const home = homeFrom({ HIVEMIND_HOME: await mkdtemp(join(tmpdir(), 'hivemind-build-')) });
  try {
    prepareHome(home);
    return await buildIn(home, job, output, environment);
  } finally {
    await rm(home.root, { recursive: true, force: true });
  }
}

async function buildIn(
  home: Home,
  job: BuildJob,
  output: BuildOutput,
  environment: NodeJS.ProcessEnv,
): Promise<Success> {
  const stranger = await strangerOn(home);
  const tools = localMachine({ home, sandbox: false, environment });
  let packed: PackedArtifact | undefined;
  const { artifact } = await runBuild(job.request, {
    machine: { ...tools, isolation: async () => containerIsolation(stranger) },
    installer: new ToolInstaller(tools),
    output,
    signal: endingAfter(job.timeoutSeconds),
    sources: { checkout: (_, directory) => checkOut(home, job, directory, stranger) },
    artifacts: {
      put: async (directory, facts) => {
        packed = await publish({ home, npm: tools.npm }, job, directory, facts);
        return manifestOf(facts, packed);
      },
    },
  });
  if (packed === undefined) throw new TypeError('the build ended without an artifact');
  const { checksum, files, bytes, sbom, archiveSha256 } = packed;
  const { runtimeVersion } = artifact;
  return { ok: true, runtimeVersion, checksum, files, bytes, sbom: [...sbom], warnings: [], archiveSha256 };
}

function endingAfter(seconds: number): AbortSignal {
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(new BuildTimeout(seconds)), seconds * 1_000).unref();
  return stopping.signal;
}

async function checkOut(
  home: Home,
  job: BuildJob,
  directory: string,
  stranger: User | undefined,
): Promise<void> {
  const archive = decompressed(await downloaded(job.sourceUrl, 'the source'));
  await unpack(archive, directory, { limits: SOURCE_LIMITS });
  if (stranger)
    await handOver([dirname(directory), cacheFolder(home, job.request.source.repository)], stranger);
}

/** Nothing of the build can change the files any more once they are ours: a program of it may have survived. */
async function publish(
  { home, npm }: Pick<Machine, 'home' | 'npm'>,
  job: BuildJob,
  directory: string,
  facts: ArtifactFacts,
): Promise<PackedArtifact> {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  if (owner.uid === 0) await handOver([dirname(directory)], owner);
  const file = home.folder('artifacts', 'artifact.tar.gz');
  const instanceProgram = job.instanceProgram ? await fetchedProgram(job.instanceProgram) : undefined;
  const runtime = runtimeDirectory(home, facts.runtime, facts.runtimeVersion);
  const node = job.carriesRuntime ? nodeIn(runtime) : undefined;
  const npmFolder = node && job.request.needsNpm ? (await npm()).folder : undefined;
  const packed = await packArtifact({ directory, facts, node, npm: npmFolder, instanceProgram }, file);
  await uploadFile(job.artifactUrl, file, 'the artifact');
  return packed;
}

const manifestOf = (
  facts: ArtifactFacts,
  { checksum, files, bytes, sbom }: PackedArtifact,
): ArtifactManifest => identified({ version: 1, ...facts, checksum, files, bytes, sbom });
