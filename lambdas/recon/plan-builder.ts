import { posix } from 'node:path';
import { printable } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { Fact, Plan } from '../../src/domain/plan.ts';
import type { PlanSettings } from '../../src/domain/plan-settings.ts';
import type { SourceTree } from '../../src/ports/source-repository.ts';
import { assemblePlan } from './assemble-plan.ts';
import { contextFor } from './detector-context.ts';
import { DETECTORS } from './detectors/index.ts';
import { chooseRoot } from './detectors/monorepo.ts';
import { Folder, Repository } from './folder.ts';
import { SURE } from './observation.ts';
import { withPlanSettings, withStartCommand } from './operator-plan.ts';
import { refusalOf } from './refusal.ts';

export interface PlanWishes {
  /** The operator's words. A hint: it may choose between applications of the repository, nothing else. */
  readonly description?: string | undefined;
  /** Names of the variables that the operator gives. */
  readonly environmentNames: readonly string[];
  /** What the operator has set of the plan. */
  readonly plan?: PlanSettings | undefined;
}

/**
 * Reads a repository and decides how it is built, started and checked, with the evidence for each decision.
 * @throws {HiveMindError} StartCommandNotFound, UnsupportedApplication
 */
export async function planFor(tree: SourceTree, wishes: PlanWishes): Promise<Plan> {
  const { plan: settings = {} } = wishes;
  const repository = new Repository(tree);
  const root =
    settings.root === undefined
      ? await chooseRoot(repository, wishes.description)
      : givenRoot(repository, settings.root);
  const context = await contextFor(repository, root.value, wishes.environmentNames);
  const seen = (await Promise.all(DETECTORS.map((detect) => detect(context)))).flat();
  const observations = withStartCommand(seen, settings);
  const refusal = refusalOf(context, observations);
  if (refusal) throw refusal;
  return withPlanSettings(assemblePlan(root, context, observations), settings);
}

function givenRoot(repository: Repository, root: string): Fact<string> {
  const path = posix
    .normalize(root)
    .replace(/^\.\//, '')
    .replace(/(?<=.)\/$/, '');
  if (path !== '.' && new Folder(repository, path).files.length === 0) {
    throw new HiveMindError(
      'StartCommandNotFound',
      `the repository has no folder "${printable(root.slice(0, 200))}"`,
      {
        hint: 'name a folder of the repository by its path from the top, for example apps/api',
      },
    );
  }
  return { value: path, confidence: SURE.stated, evidence: [{ file: path, note: 'given by the operator' }] };
}
