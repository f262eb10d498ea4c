import type * as z from 'zod';
import type { Deployment, Source } from '../../src/domain/deployment.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { DestroyExecution } from '../../src/domain/execution.ts';
import { sameSource } from '../../src/domain/source.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { analysedOutput, builtOutput } from '../../src/stages/outputs.ts';
import { recordedSecrets } from '../../src/stages/recorded-secrets.ts';
import { findOutput } from '../../src/stages/stage-context.ts';
import type { JanitorPorts } from './ports.ts';
import { recordRemoval } from './record-removal.ts';

/** Removes what belongs to a deployment and to no stack: secrets, artifacts, the stored source, caches and logs. */
export async function removeBelongings(
  ports: JanitorPorts,
  execution: DestroyExecution,
  deployment: Deployment,
) {
  const recorded = await recordedSecrets(ports.store, deployment.id);
  for (const name of await ports.secrets.list(deployment.id, recorded)) {
    await recordRemoval(ports, execution, 'secret', name, 'removed');
  }
  await ports.secrets.removeAll(deployment.id, recorded);
  for (const artifact of await unusedArtifacts(ports, deployment.id)) {
    if (!(await ports.artifacts.find(artifact))) continue;
    await ports.artifacts.remove(artifact);
    await recordRemoval(ports, execution, 'artifact', artifact, 'removed');
  }
  if (!(await isSourceShared(ports, deployment))) await forgetSource(ports, deployment);
  await ports.telemetry.forget(deployment.id);
}

async function forgetSource(ports: JanitorPorts, deployment: Deployment): Promise<void> {
  const analyses = await outputsOf(ports, deployment.id, 'analyse', analysedOutput);
  const repositories = new Set(analyses.map(({ source }) => source.repository));
  for (const repository of repositories) await ports.builder.forget(repository);
  for (const source of await usedSources(ports, deployment)) await ports.sources.forget(source);
}

/** The source at every ref at which it was asked for. */
async function usedSources({ store }: JanitorPorts, { id, source }: Deployment): Promise<readonly Source[]> {
  const executions = await store.listExecutions({ deploymentId: id });
  const asked = executions.flatMap(({ settings }) => ('source' in settings ? settings.source : []));
  const all = [source, ...asked.filter((other) => sameSource(other, source))];
  return [...new Map(all.map((each) => [digestOf(each), each])).values()];
}

/** Two deployments of one source share its stored copy. */
async function isSourceShared(ports: JanitorPorts, { id, source }: Deployment): Promise<boolean> {
  const others = (await everyDeployment(ports)).filter((other) => other.id !== id);
  return others.some((other) => sameSource(other.source, source));
}

/** Artifacts that no other deployment has released: equal contents are one artifact. */
async function unusedArtifacts(ports: JanitorPorts, deploymentId: string): Promise<readonly string[]> {
  const others = (await everyDeployment(ports)).filter(({ id }) => id !== deploymentId);
  const releases = await Promise.all(others.map(({ id }) => ports.store.listReleases(id)));
  const used = new Set(releases.flat().map(({ artifact }) => artifact));
  const own = (await ports.store.listReleases(deploymentId)).map(({ artifact }) => artifact);
  const built = await outputsOf(ports, deploymentId, 'build', builtOutput);
  return [...new Set([...own, ...built.map(({ artifact }) => artifact)])].filter(
    (artifact) => !used.has(artifact),
  );
}

/** What a stage gave in any execution, released or not. */
async function outputsOf<T>(
  ports: JanitorPorts,
  deploymentId: string,
  stage: StageName,
  shape: z.ZodType<T>,
): Promise<T[]> {
  const executions = await ports.store.listExecutions({ deploymentId });
  const outputs = await Promise.all(executions.map(({ id }) => findOutput(ports.store, id, stage, shape)));
  return outputs.filter((output) => output !== undefined);
}

const everyDeployment = (ports: JanitorPorts): Promise<readonly Deployment[]> =>
  ports.store.listDeployments({ limit: Number.MAX_SAFE_INTEGER });
