import type { ResolvedSource } from '../../src/domain/deployment.ts';
import { type Execution, isRelease } from '../../src/domain/execution.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { analysedOutput } from '../../src/stages/outputs.ts';
import { findOutput } from '../../src/stages/stage-context.ts';
import type { Ailment } from './fixes/proposal.ts';
import { type RepositoryFacts, repositoryFacts } from './fixes/repository-facts.ts';
import { logUnreadable } from './log-unreadable.ts';
import type { MedicPorts } from './ports.ts';

/** What is known of a failure; undefined when its deployment is gone or nothing was diagnosed. */
export async function ailmentOf(
  ports: MedicPorts,
  execution: Execution,
  failure: Failure,
  fixesBefore: number,
): Promise<Ailment | undefined> {
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  const { diagnosis } = failure;
  if (!deployment || !diagnosis) return undefined;
  const analysed = await findOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const plan = analysed?.plan ?? null;
  const source = analysed?.source ?? (await resolved(ports, execution));
  const repository = source ? await factsOf(ports, source, execution, plan?.root.value) : null;
  return { deployment, execution, failure, diagnosis, plan, repository, fixesBefore };
}

/** The commit, when the analysis failed before it could say which; where it cannot be had, fewer fixes are known. */
async function resolved(ports: MedicPorts, execution: Execution): Promise<ResolvedSource | undefined> {
  if (!isRelease(execution)) return undefined;
  const { published, source } = execution.settings;
  if (published || !ports.sources.resolve) return published;
  return await ports.sources
    .resolve(source)
    .catch((error: unknown) => void unreadable(ports, execution, error));
}

async function factsOf(
  ports: MedicPorts,
  source: ResolvedSource,
  execution: Execution,
  root = '.',
): Promise<RepositoryFacts | null> {
  try {
    return await repositoryFacts(await ports.sources.open(source), root);
  } catch (error) {
    unreadable(ports, execution, error);
    return null;
  }
}

const unreadable = (ports: MedicPorts, execution: Execution, error: unknown): void =>
  logUnreadable(ports, execution, 'looking for a fix without the repository', error);
