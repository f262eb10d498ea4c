import { posix } from 'node:path';
import { printable } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { Fact } from '../../src/domain/plan.ts';
import type { PlanSettings } from '../../src/domain/plan-settings.ts';
import type { SourceTree } from '../../src/ports/source-repository.ts';
import { contextFor, type DetectorContext } from './detector-context.ts';
import { DETECTORS } from './detectors/index.ts';
import { chooseRoot } from './detectors/monorepo.ts';
import { Folder, Repository } from './folder.ts';
import { type Observation, SURE } from './observation.ts';
import { withStartCommand } from './operator-plan.ts';

export interface PlanWishes {
  /** The operator's words. A hint: it may choose between applications of the repository, nothing else. */
  readonly description?: string | undefined;
  /** Names of the variables that the operator gives. */
  readonly environmentNames: readonly string[];
  /** What the operator has set of the plan. */
  readonly plan?: PlanSettings | undefined;
}

/** All that was read of a repository, before anything is decided. */
export interface PlanDraft {
  readonly root: Fact<string>;
  readonly context: DetectorContext;
  readonly observations: readonly Observation[];
  readonly settings: PlanSettings;
  readonly description: string | undefined;
}

/** @throws {HiveMindError} StartCommandNotFound: no such folder; UnsupportedApplication: package.json cannot be read */
export async function readDraft(tree: SourceTree, wishes: PlanWishes): Promise<PlanDraft> {
  const { plan: settings = {}, description } = wishes;
  const repository = new Repository(tree);
  const root =
    settings.root === undefined
      ? await chooseRoot(repository, description)
      : givenRoot(repository, settings.root);
  const context = await contextFor(repository, root.value, wishes.environmentNames);
  const seen = (await Promise.all(DETECTORS.map((detect) => detect(context)))).flat();
  return { root, context, observations: withStartCommand(seen, settings), settings, description };
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
