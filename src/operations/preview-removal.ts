import type { RemovalView } from '../contracts/upkeep.ts';
import { HiveMindError } from '../domain/errors.ts';
import { type Issue, issuesOf } from '../domain/removal-advice.ts';
import type { InstanceCommands } from '../ports/instance-commands.ts';
import type { LanguageModel } from '../ports/language-model.ts';
import type { ResourceInventory } from '../ports/resource-inventory.ts';
import { gatherReport, type ReportPorts } from '../stages/report-facts.ts';
import { explainedIssues } from './explain-issues.ts';
import { requireDeployment } from './require-deployment.ts';

export interface RemovalPorts extends ReportPorts {
  readonly inventory: Pick<ResourceInventory, 'find'>;
  readonly instances: Pick<InstanceCommands, 'list'>;
  readonly model: Pick<LanguageModel, 'ask'>;
}

/**
 * What a destroy would remove, what that saves, and what the life of the deployment teaches for the next one. After a destroy that
 * failed it is what remains.
 * @param explain whether a model is asked what went wrong, which takes seconds: for somebody who reads it before the removal
 * @throws {HiveMindError} DeploymentNotFound
 */
export async function previewRemoval(
  ports: RemovalPorts,
  idOrName: string,
  { explain }: { readonly explain: boolean },
): Promise<RemovalView> {
  const deployment = await requireDeployment(ports.store, idOrName);
  const [facts, resources, executions] = await Promise.all([
    gatherReport(ports, deployment),
    ports.inventory.find(deployment.id),
    ports.store.listExecutions({ deploymentId: deployment.id }),
  ]);
  const issues = issuesOf({
    failures: executions.toReversed().flatMap(({ failure }) => (failure ? [failure] : [])),
    findings: facts.findings.filter(({ result }) => result === 'fail' || result === 'warn'),
    restarts: await restartsOf(
      ports,
      facts.stacks.filter(({ blueprint }) => blueprint === 'compute').map(({ name }) => name),
    ),
    plan: facts.plan,
  });
  const taught = explain ? await explainedIssues(ports.model, deployment.id, issues) : { issues };
  const { monthlyUsd = 0, items = [], note = 'there is nothing to pay for' } = facts.costs ?? {};
  return {
    resources: resources.map(({ type, id }) => ({ type, id })),
    savings: { monthlyUsd, items: items.map((item) => ({ ...item })), note },
    issues: taught.issues.map((issue: Issue) => ({ ...issue })),
    ...(taught.life && { life: taught.life }),
  };
}

/** What cannot be asked about counts as quiet: the preview of a removal may not fail because an instance is already gone. */
async function restartsOf({ instances }: RemovalPorts, stacks: readonly string[]): Promise<number> {
  const all = await Promise.all(
    stacks.map((stack) =>
      instances.list(stack).catch((error: unknown) => {
        if (error instanceof HiveMindError) return [];
        throw error;
      }),
    ),
  );
  return all.flat().reduce((sum, { restarts }) => sum + restarts, 0);
}
