import { HiveMindError } from '../../src/domain/errors.ts';
import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { VerificationCheck } from '../../src/domain/verification.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type Agent, openReleaseExecution } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { databaseCheck, processesCheck } from './backend-checks.ts';
import type { QaPorts } from './ports.ts';
import { releaseCheck } from './release-check.ts';
import { routeChecks } from './route-checks.ts';
import { qaEvent, type Verified, verifiedOutput } from './schema.ts';
import { type Subject, subjectOf } from './subject.ts';
import { tlsCheck } from './tls-check.ts';
import { portCheck, responseCheck, trafficCheck, webSocketCheck } from './web-checks.ts';

/** QA: looks at the running release from outside, the way its users will. */
export const qa =
  (ports: QaPorts): Agent =>
  async (event, call) => {
    const { executionId, subject: kind } = parseEvent(qaEvent, event);
    const execution = await openReleaseExecution(ports.store, executionId);
    const subject = await subjectOf(ports, execution, kind);
    // Of a candidate nothing is shown as if it were live: why it fails is in the failure.
    const show = async (checks: readonly VerificationCheck[]): Promise<void> => {
      if (kind === 'live') await ports.store.putVerification(execution.deploymentId, execution.id, checks);
    };
    const result = await runStage<Verified>(ports, execution, call, {
      stage: kind === 'live' ? 'verify' : 'verify-candidate',
      inputs: async () => ({
        stack: subject.stack,
        release: subject.release,
        url: subject.url,
        database: subject.database?.secret ?? null,
        healthCheckPath: subject.healthCheckPath,
      }),
      output: verifiedOutput,
      stillTrue: async () => (await quickChecks(ports, subject)).every(({ result }) => result !== 'fail'),
      run: async () => {
        const [own, ...others] = await Promise.all([
          ownChecks(ports, execution, subject, call.signal),
          ...webChecks(ports, subject),
          ...backendChecks(ports, subject),
        ]);
        const checks = [...others, ...own];
        // Also of a release that does not pass: the operator wants to see what was checked.
        await show(checks);
        const passed = checks.filter(({ result }) => result === 'pass').length;
        requirePassed(checks, execution.deploymentName);
        return {
          finished: true,
          output: verifiedOutput.parse({ checks }),
          summary: `${passed} checks passed`,
        };
      },
    });
    if (!result.finished) return { finished: false };
    // A reused verification is shown again: the one on record may be of a release in between.
    await show(result.output.checks);
    return { finished: true };
  };

function webChecks(ports: QaPorts, subject: Subject): Promise<VerificationCheck>[] {
  const { url, balancer } = subject;
  if (url === null || balancer === null) return [];
  const web = { ...subject, url, balancer };
  return [
    responseCheck(ports, web),
    releaseCheck(ports, web),
    ...(subject.kind === 'live' ? [trafficCheck(ports, web), portCheck(ports, web)] : []),
    ...(subject.webSocket ? [webSocketCheck(ports, web)] : []),
    ...(subject.kind === 'live' ? [tlsCheck(ports, web)] : []),
  ];
}

/** What a model proposes, of a release that has the traffic: a candidate is judged by rules alone. */
async function ownChecks(
  ports: QaPorts,
  execution: ReleaseExecution,
  subject: Subject,
  signal: AbortSignal,
): Promise<readonly VerificationCheck[]> {
  const { url, balancer, kind } = subject;
  if (url === null || balancer === null || kind !== 'live') return [];
  return await routeChecks(ports, execution, { ...subject, url, balancer }, signal);
}

function backendChecks(ports: QaPorts, subject: Subject): Promise<VerificationCheck>[] {
  const { database } = subject;
  return [processesCheck(ports, subject), ...(database === null ? [] : [databaseCheck(ports, database)])];
}

/** Enough to trust a recorded verification again. */
async function quickChecks(ports: QaPorts, subject: Subject): Promise<readonly VerificationCheck[]> {
  const { url, balancer } = subject;
  if (url === null || balancer === null) return [await processesCheck(ports, subject)];
  return Promise.all([
    responseCheck(ports, { ...subject, url, balancer }),
    releaseCheck(ports, { ...subject, url, balancer }),
  ]);
}

/** @throws {HiveMindError} WrongReleaseAnswers, VerificationFailed */
function requirePassed(checks: readonly VerificationCheck[], name: string): void {
  const failed = checks.filter(({ result }) => result === 'fail');
  if (failed.length === 0) return;
  // An application that does not answer at all fails its own check too.
  const onlyRelease = failed.every(({ id }) => id === 'release');
  const code = onlyRelease ? 'WrongReleaseAnswers' : 'VerificationFailed';
  const list = failed.map(({ title, evidence }) => `${title} (${evidence})`).join('; ');
  throw new HiveMindError(code, `the release did not pass verification: ${list}`, {
    hint: `look at the application with \`hivemind logs ${name}\`, mend it and deploy again`,
  });
}
