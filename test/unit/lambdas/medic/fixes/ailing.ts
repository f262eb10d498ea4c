import type { Ailment } from '../../../../../lambdas/medic/fixes/proposal.ts';
import { repositoryFacts } from '../../../../../lambdas/medic/fixes/repository-facts.ts';
import type { FixParameters } from '../../../../../src/domain/diagnosis/fix-parameters.ts';
import { ACTIONS } from '../../../../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES, type CauseId } from '../../../../../src/domain/diagnosis/taxonomy/causes.ts';
import type { DeploySettings } from '../../../../../src/domain/execution.ts';
import type { SettingsChange } from '../../../../../src/domain/fix.ts';
import type { Plan } from '../../../../../src/domain/plan.ts';
import type { StageName } from '../../../../../src/domain/stage.ts';
import { aDeployment, anExecution } from '../../../../contracts/deployment-store.contract.ts';
import { memoryTree } from '../../../../fixtures/memory-tree.ts';
import { EXPRESS, express, type Files, planOf } from '../../recon/plan-of.ts';

export interface Ailing {
  readonly cause: CauseId;
  readonly stage?: StageName;
  readonly parameters?: FixParameters;
  readonly action?: Ailment['diagnosis']['action'];
  /** @default an Express application */
  readonly files?: Files;
  readonly settings?: Partial<DeploySettings>;
  readonly plan?: null | Partial<Plan>;
  readonly target?: 'local' | 'aws';
  /** @default stage-1 */
  readonly deployedTo?: 'stage-1' | 'production';
  readonly fixesBefore?: number;
}

/** A failure of an application with these files, as the Medic has it before it looks for a fix. */
export async function ailing({
  cause,
  files = express(),
  settings = {},
  ...given
}: Ailing): Promise<Ailment> {
  const { stage = 'release', parameters = {}, action = CAUSES[cause].fix, target = 'local' } = given;
  const { environmentNames = [], plan: wishes } = settings;
  const plan = given.plan === null ? null : await planOf(files, { environmentNames, plan: wishes });
  const execution = anExecution();
  return {
    deployment: aDeployment({ target, stage: given.deployedTo ?? 'stage-1' }),
    execution: {
      ...execution,
      settings: { ...execution.settings, target, startTimeoutSeconds: 60, ...settings },
    },
    failure: {
      code: 'StartFailed',
      message: 'it failed',
      hint: 'mend it',
      logTail: [],
      stage,
      fault: 'operator',
      at: '2026-01-01T00:00:00.000Z',
    },
    diagnosis: { cause, confidence: 0.9, evidence: [], action, risk: ACTIONS[action].risk, parameters },
    plan: plan && { ...plan, ...given.plan },
    repository: await repositoryFacts(memoryTree(files), plan?.root.value),
    fixesBefore: given.fixesBefore ?? 0,
  };
}

/** What it is about, the failure, and what the first fix for it changes. */
export type Case = readonly [string, Ailing, SettingsChange];

/** An Express application with these scripts besides its start. */
export const scripts = (given: Record<string, string>): Files =>
  express({ scripts: { start: 'node server.js', ...given } });

/** An Express application whose program goes on with this text. */
export const listening = (text: string): Files => express({}, { 'server.js': `${EXPRESS}${text}` });
