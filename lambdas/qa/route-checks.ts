import { asHiveMindError } from '../../src/domain/errors.ts';
import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { VerificationCheck } from '../../src/domain/verification.ts';
import {
  decidedByModel,
  LEAST_MODEL_CONFIDENCE,
  logUnbelieved,
  modelConfidence,
  recordUnanswered,
} from '../../src/stages/model-decision.ts';
import { analysedOutput } from '../../src/stages/outputs.ts';
import { requireOutput } from '../../src/stages/stage-context.ts';
import { checksQuestion, chosenRoutes } from './checks-question.ts';
import { isLookedAt, type OwnRoute, ownRoutes } from './own-routes.ts';
import type { QaPorts } from './ports.ts';
import type { WebSubject } from './subject.ts';

const TIMEOUT_MILLISECONDS = 5_000;
/** A verification does not wait longer for what may come of a model. */
const READING_SECONDS = 20;

/** Looks at routes of the application's own that a model proposed, once each. None where no model answers; none ever fails a release. */
export async function routeChecks(
  ports: QaPorts,
  execution: ReleaseExecution,
  subject: WebSubject,
  signal: AbortSignal,
): Promise<readonly VerificationCheck[]> {
  if (!ports.model.isConfigured) return [];
  const [first, ...others] = await candidates(ports, execution, subject, signal);
  if (first === undefined) return [];
  const routes = [first, ...others] as const;
  const reply = await ports.model.ask(checksQuestion(execution.deploymentId, routes), signal);
  if (!reply.answered) {
    const what = "proposed checks of the application's own routes";
    await recordUnanswered(ports, execution, { agent: 'qa', what, reason: reply.reason });
    return [];
  }
  const chosen = chosenRoutes(routes, reply.value);
  const sure = chosen.filter(({ confidence }) => confidence >= LEAST_MODEL_CONFIDENCE);
  if (sure.length < chosen.length) {
    logUnbelieved(
      ports,
      execution.deploymentId,
      'qa',
      `${chosen.length - sure.length} checks it was unsure of`,
    );
  }
  const paths = sure.map(({ route }) => route.path).join(', ') || 'none';
  const confidence = modelConfidence(Math.min(1, ...sure.map((choice) => choice.confidence)));
  const evidence = sure.map(({ route: { file, line } }) => `${file}:${line}`);
  const message = `routes of the application's own that a model proposed to look at: ${paths}`;
  await record(ports, execution, message, decidedByModel(reply, confidence, evidence));
  return await Promise.all(sure.map(({ route }) => routeCheck(ports, subject, route)));
}

/** A repository that cannot be read is no reason not to verify. */
async function candidates(
  ports: QaPorts,
  { id, deploymentId }: ReleaseExecution,
  { healthCheckPath }: WebSubject,
  signal: AbortSignal,
): Promise<readonly OwnRoute[]> {
  const { plan, source } = await requireOutput(ports.store, id, 'analyse', analysedOutput);
  const without = (why: string): readonly OwnRoute[] => {
    const text = `verifying without the application's own routes, which cannot be read: ${why}`;
    ports.telemetry.log(deploymentId, { time: ports.clock.now(), source: 'agent', name: 'qa', text });
    return [];
  };
  const over = new AbortController();
  const reading = ports.sources.open(source).then((tree) => ownRoutes(tree, plan.root.value));
  const timeIsUp = ports.clock.sleep(READING_SECONDS * 1_000, AbortSignal.any([signal, over.signal]));
  try {
    const routes = await Promise.race([reading, timeIsUp]);
    if (routes) return routes.filter(({ path }) => path !== healthCheckPath);
    return without(signal.aborted ? 'the verification was cancelled' : `it takes over ${READING_SECONDS} s`);
  } catch (error) {
    return without(asHiveMindError(error).message);
  } finally {
    over.abort();
  }
}

const record = (
  { store }: QaPorts,
  { id, deploymentId }: ReleaseExecution,
  message: string,
  data: ReturnType<typeof decidedByModel>,
): Promise<unknown> =>
  store.appendEvent({ deploymentId, executionId: id, actor: 'qa', type: 'decision', message, data });

/** One request through the load balancer. Where it would lead is not followed. */
export async function routeCheck(
  ports: Pick<QaPorts, 'probe'>,
  subject: WebSubject,
  { path, file, line }: OwnRoute,
): Promise<VerificationCheck> {
  const check = { id: `route:${path}`, title: `GET ${path} answers (a check that a model proposed)` };
  const url = new URL(path, subject.url);
  if (!isLookedAt(path) || url.origin !== new URL(subject.url).origin) {
    return { ...check, result: 'not-applicable', evidence: 'no path of the application', milliseconds: null };
  }
  const { headers } = subject;
  const outcome = await ports.probe.http({
    url: url.href,
    headers,
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  });
  if (!outcome.reached) {
    return { ...check, result: 'warn', evidence: outcome.reason, milliseconds: outcome.milliseconds };
  }
  const { status, milliseconds } = outcome.answer;
  const remark = REMARKS.get(status) ?? '';
  const evidence = `status ${status}${remark}; the route is in ${file}:${line}`;
  return { ...check, result: status < 500 ? 'pass' : 'warn', evidence, milliseconds };
}

const REMARKS: ReadonlyMap<number, string> = new Map([
  [401, ', it asks who you are'],
  [403, ', not everybody may see it'],
  [404, ', nothing is at this path'],
]);
