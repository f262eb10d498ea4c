import { isHealthyStatus } from '../../src/domain/health-matcher.ts';
import type { VerificationCheck } from '../../src/domain/verification.ts';
import type { HttpProbeAnswer, ProbeOutcome } from '../../src/ports/probe.ts';
import type { TargetHealth } from '../../src/ports/traffic-router.ts';
import type { QaPorts } from './ports.ts';
import type { WebSubject } from './subject.ts';

const TIMEOUT_MILLISECONDS = 5_000;
/** Answers looked at per instance: enough that every instance of a round robin has its turn. */
const ANSWERS_PER_INSTANCE = 2;

type Judgement = Pick<VerificationCheck, 'result' | 'evidence'>;

/** Every answer has to come from an instance of the release that was just deployed. */
export async function releaseCheck(ports: QaPorts, subject: WebSubject): Promise<VerificationCheck> {
  const [route, instances] = await Promise.all([
    ports.router.probeRoute(subject.balancer, subject.color),
    ports.instances.list(subject.stack),
  ]);
  const ids = instances.filter(({ exposed }) => exposed).map(({ id }) => id);
  const url = new URL(subject.healthCheckPath, route.url).href;
  const outcomes = await Promise.all(
    Array.from({ length: ids.length * ANSWERS_PER_INSTANCE }, () =>
      ports.probe.http({ url, headers: route.headers, timeoutMilliseconds: TIMEOUT_MILLISECONDS }),
    ),
  );
  const judgement =
    route.targetHeader === null
      ? byTargetGroup(subject, ids, await ports.router.health(subject.balancer, subject.color), outcomes)
      : byTargetHeader(subject, ids, route.targetHeader, outcomes);
  return {
    id: 'release',
    title: 'the release just deployed is the one that answers',
    ...judgement,
    milliseconds: null,
  };
}

/** The load balancer names the instance of each answer. */
function byTargetHeader(
  subject: WebSubject,
  ids: readonly string[],
  header: string,
  outcomes: readonly ProbeOutcome<HttpProbeAnswer>[],
): Judgement {
  const answered = outcomes.map((outcome) =>
    outcome.reached ? (outcome.answer.headers[header] ?? null) : null,
  );
  const right = answered.filter((id) => id !== null && ids.includes(id));
  const silent = outcomes.filter(({ reached }) => !reached).length;
  return {
    result: right.length === outcomes.length && right.length > 0 ? 'pass' : 'fail',
    evidence: `${right.length} of ${outcomes.length} answers came from ${releaseOf(subject)} on ${[...new Set(right)].join(', ') || 'no instance'}${silent > 0 ? `; ${silent} did not come at all` : ''}`,
  };
}

/**
 * The load balancer does not say who answered. What can be shown is that nobody else could have: the target group behind the probe
 * route holds the instances of the release and no other.
 */
function byTargetGroup(
  subject: WebSubject,
  ids: readonly string[],
  health: readonly TargetHealth[],
  outcomes: readonly ProbeOutcome<HttpProbeAnswer>[],
): Judgement {
  const inService = health.filter(({ state }) => state !== 'draining');
  const strangers = inService.filter(({ id }) => !ids.includes(id)).map(({ id }) => id);
  const sick = ids.filter((id) => inService.find((target) => target.id === id)?.state !== 'healthy');
  const good = outcomes.filter(
    (outcome) => outcome.reached && isHealthyStatus(subject.healthCheckPath, outcome.answer.status),
  );
  const answers = `${good.length} of ${outcomes.length} requests to ${subject.color} were answered well`;
  const faults = [
    ...(ids.length === 0 ? [`${releaseOf(subject)} has no instance`] : []),
    ...(strangers.length > 0 ? [`${strangers.join(', ')} would answer too`] : []),
    ...(sick.length > 0 ? [`${sick.join(', ')} of ${releaseOf(subject)} is not healthy there`] : []),
    ...(good.length < outcomes.length ? [answers] : []),
  ];
  if (faults.length > 0) return { result: 'fail', evidence: faults.join('; ') };
  return {
    result: 'pass',
    evidence: `the target group of ${subject.color} has no other instances than ${releaseOf(subject)}: ${ids.join(', ')}, all healthy; ${answers}`,
  };
}

const releaseOf = ({ release, commit }: WebSubject): string =>
  `release ${release} (commit ${commit.slice(0, 12)})`;
