import { type Execution, isRelease } from '../../src/domain/execution.ts';
import { type Fix, MAX_FIXES } from '../../src/domain/fix.ts';
import { withChange } from '../../src/domain/settings-change.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';

/** Of the fixes of an execution that has ended: hold whatever went wrong. */
export async function fixProblems(store: DeploymentStore, execution: Execution): Promise<string[]> {
  const fixes = await store.listFixes(execution.id);
  const tried = fixes.map(({ action, change, asks, pauseSeconds }) =>
    JSON.stringify([action, change, asks, pauseSeconds]),
  );
  return [
    ...(fixes.length > MAX_FIXES ? [`${fixes.length} fixes were tried`] : []),
    ...(new Set(tried).size < tried.length ? [`a fix was tried twice: ${tried.join(' ')}`] : []),
    ...fixes
      .filter(({ status }) => status === 'PROPOSED' || status === 'APPROVED')
      .map(({ id, status }) => `the fix ${id} stays ${status}`),
    ...(execution.status === 'SUCCEEDED' ? unproven(fixes) : []),
    ...settingsProblems(execution, fixes.at(-1)),
    ...(await untold(store, execution, fixes)),
  ];
}

const unproven = (fixes: readonly Fix[]): string[] =>
  fixes
    .filter(({ status }) => status === 'APPLIED')
    .map(({ id, stage }) => `the fix ${id} for ${stage} is APPLIED, and nobody says whether it has helped`);

/** What did not help against the last failure is taken back. */
function settingsProblems({ settings, failure, ...execution }: Execution, last: Fix | undefined): string[] {
  const whole = { ...execution, settings, failure } as Execution;
  if (last?.status !== 'FAILED' || failure?.diagnosis?.cause !== last.cause || !isRelease(whole)) return [];
  const before = withChange(whole.settings, last.before);
  return JSON.stringify(before) === JSON.stringify(whole.settings)
    ? []
    : [`the fix ${last.id} did not help, and its settings stay: ${JSON.stringify(last.change)}`];
}

/** What happened to a fix, by what the history has to say of it. */
const TOLD: Readonly<Record<string, (fix: Fix) => boolean>> = {
  'fix.proposed': () => true,
  'fix.answered': ({ answer }) => answer !== null,
  'fix.applied': ({ status }) => ['APPLIED', 'VALIDATED', 'FAILED'].includes(status),
  'fix.concluded': ({ status }) => ['VALIDATED', 'FAILED'].includes(status),
};

async function untold(
  store: DeploymentStore,
  { id: executionId }: Execution,
  fixes: readonly Fix[],
): Promise<string[]> {
  const events = await store.listEvents({ executionId });
  return Object.entries(TOLD).flatMap(([type, happened]) =>
    fixes
      .filter((fix) => happened(fix))
      .map(
        (fix) =>
          [fix, events.filter((event) => event.type === type && event.data['fix'] === fix.id)] as const,
      )
      .filter(([, told]) => told.length !== 1)
      .map(([fix, told]) => `the history says ${type} ${told.length} times of ${fix.id} (${fix.status})`),
  );
}

/** Whether what failed stays in place because somebody was asked about it. */
export async function isLeftInPlace(store: DeploymentStore, execution: Execution): Promise<boolean> {
  const { status, failure } = execution;
  // A cancel that comes when everything is decided changes nothing of that.
  if (status === 'SUCCEEDED' || failure?.code === 'Cancelled') return false;
  return (await store.listFixes(execution.id)).some(
    ({ isAsked, status }) =>
      isAsked && ['REJECTED', 'UNANSWERED', 'CANCELLED', 'FAILED', 'VALIDATED'].includes(status),
  );
}

/** What was tried and what became of it, for people. */
export async function fixStories(store: DeploymentStore, { id }: Execution): Promise<string[]> {
  return (await store.listFixes(id)).map(
    ({ round, action, cause, stage, isAsked, status }) =>
      `  fix ${round}: ${action} for ${cause} in ${stage}${isAsked ? ', asked' : ''}: ${status}`,
  );
}
