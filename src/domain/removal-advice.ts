import type { Target } from './deployment.ts';
import type { ErrorCode } from './errors.ts';
import type { ModelExplanation } from './model-explanation.ts';
import type { Plan } from './plan.ts';

/** What went wrong in the life of a deployment. */
export interface LifeFacts {
  readonly failures: readonly { readonly code: ErrorCode; readonly message: string; readonly at: string }[];
  /** Controls that the audit did not find in order. */
  readonly findings: readonly {
    readonly control: string;
    readonly title: string;
    readonly mend: string | null;
  }[];
  /** Times that an instance was started again after an exit that nobody asked for. */
  readonly restarts: number;
  /** Of the newest release; null when none got so far. */
  readonly plan: Plan | null;
}

/** Something that happened, and what to change so that it does not come back. */
export interface Issue {
  readonly issue: string;
  readonly times: number;
  readonly advice: string;
  /** What a model says about it. */
  readonly explanation?: IssueExplanation | undefined;
}

export interface IssueExplanation extends ModelExplanation {
  /** One of the fixed advices, where it would give another one than the rules. */
  readonly advice: string | null;
}

/** What to change in the plan or the settings for a kind of failure; what is nobody's plan has no entry. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  StartCommandNotFound:
    'say how it starts: a `start` script in package.json, or a Procfile with a `web` line',
  RuntimeNotAvailable:
    'ask for a version of the runtime that exists: `engines` in package.json, .python-version',
  InstallFailed: 'commit a lock file that fits package.json, so that every install gives the same',
  BuildFailed:
    'run the build in a clean clone before the next deploy: what it needs has to be in the repository',
  BuildTimedOut: 'make the build shorter, or take what it downloads into the lock file',
  BuildOutputMissing: 'let the build write to the folder that the start command serves',
  MigrationFailed: 'make migrations that can run twice, and test them on a copy of the data',
  MigrationNotReversible: 'expand first and contract later, and update with --reversible-migrations',
  StartFailed: 'let the process start without anything that the environment does not have',
  MissingEnvironmentVariable: 'set it with --env or --env-file, or give it a default in the application',
  PortNeverOpened: 'listen on $PORT before slow work begins, or raise --start-timeout',
  ListensOnAnotherPort: 'listen on $PORT instead of a fixed port',
  HealthCheckFailed: 'let the health path answer 200 without a sign-in, and as soon as it can serve',
  VerificationFailed: 'let / and the health path answer within the time that the checks allow',
  ReleaseRejected:
    'measure the new release under load before it gets traffic: it did worse than the live one',
  PortInUse: 'leave --port out, or choose one that nothing else has',
  QuotaExceeded: 'raise the quota of the account, or deploy with --stage-1',
  DiskFull: 'keep more disk free, or clear what is not needed: hivemind find-orphans --delete',
};

const isAdvised = (code: string): code is ErrorCode => Object.hasOwn(ADVICE, code);
/** The fixed advices by the code of what they help against. */
export const ADVICES: ReadonlyMap<ErrorCode, string> = new Map(
  Object.entries(ADVICE).flatMap(([code, advice]) => (isAdvised(code) ? [[code, advice] as const] : [])),
);

/** Restarts that a long life explains by itself. */
const HARMLESS_RESTARTS = 2;

/** The issues of a life, most frequent first, each with what to change so that it does not come back. */
export function issuesOf({ failures, findings, restarts, plan }: LifeFacts): readonly Issue[] {
  const byCode = [...Map.groupBy(failures, ({ code }) => code)].map(([code, all]): Issue => {
    const newest = all.at(-1);
    return {
      issue: `${code}: ${newest?.message ?? ''}`,
      times: all.length,
      advice: ADVICE[code] ?? 'nothing in the plan would have prevented it',
    };
  });
  const audited = findings.map(
    ({ control, title, mend }): Issue => ({
      issue: `${control}: ${title}`,
      times: 1,
      advice: mend ?? 'see the report',
    }),
  );
  const all = [...byCode, ...audited, ...restartIssues(restarts, plan)];
  return all.toSorted((one, other) => other.times - one.times);
}

function restartIssues(restarts: number, plan: Plan | null): readonly Issue[] {
  if (restarts <= HARMLESS_RESTARTS) return [];
  const process = plan?.processes.value[0]?.name ?? 'the main process';
  const advice = `find why ${process} exits: catch what it throws, and give it the memory that it needs`;
  return [{ issue: 'instances ended by themselves and were started again', times: restarts, advice }];
}

/** How one thing is removed by hand when a destroy cannot; null for what goes with something else, or by the destroy alone. */
export function removalByHand(
  { type, id }: { readonly type: string; readonly id: string },
  target: Target,
): string | null {
  if (target === 'aws') {
    return type === 'stack' ? `aws cloudformation delete-stack --stack-name ${id}` : null;
  }
  if (type === 'process') return `kill -9 ${id}`;
  return type === 'directory' || type === 'log' ? `rm -rf '${id}'` : null;
}
