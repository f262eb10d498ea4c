import { isHealthyStatus } from '../../src/domain/health-matcher.ts';
import type { VerificationCheck } from '../../src/domain/verification.ts';
import type { HttpProbeAnswer, ProbeOutcome } from '../../src/ports/probe.ts';
import type { QaPorts } from './ports.ts';
import type { Subject } from './subject.ts';

type WebSubject = Subject & { readonly url: string; readonly balancer: string };

const TIMEOUT_MILLISECONDS = 5_000;
/** Answers looked at per instance: enough that every instance of a round robin has its turn. */
const ANSWERS_PER_INSTANCE = 2;

/** Status, size, redirect and latency of the health check path, through the load balancer. */
export async function responseCheck(ports: QaPorts, subject: WebSubject): Promise<VerificationCheck> {
  const path = subject.healthCheckPath;
  const outcome = await ports.probe.http({
    url: new URL(path, subject.url).href,
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  });
  const check = { id: 'http', title: `GET ${path} answers through the load balancer` };
  if (!outcome.reached) {
    return { ...check, result: 'fail', evidence: outcome.reason, milliseconds: outcome.milliseconds };
  }
  const { status, headers, body, milliseconds } = outcome.answer;
  const location = headers['location'] ? `, redirects to ${headers['location']}` : '';
  return {
    ...check,
    result: isHealthyStatus(path, status) ? 'pass' : 'fail',
    evidence: `status ${status}, ${headers['content-type'] ?? 'no content type'}, ${Buffer.byteLength(body)} bytes${location}`,
    milliseconds,
  };
}

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
  const answered = outcomes.map((outcome) => targetOf(outcome, route.targetHeader));
  const right = answered.filter((id) => id !== null && ids.includes(id));
  const silent = outcomes.filter(({ reached }) => !reached).length;
  const release = `release ${subject.release} (commit ${subject.commit.slice(0, 12)})`;
  return {
    id: 'release',
    title: 'the release just deployed is the one that answers',
    result: right.length === outcomes.length && right.length > 0 ? 'pass' : 'fail',
    evidence: `${right.length} of ${outcomes.length} answers came from ${release} on ${[...new Set(right)].join(', ') || 'no instance'}${silent > 0 ? `; ${silent} did not come at all` : ''}`,
    milliseconds: null,
  };
}

const targetOf = (outcome: ProbeOutcome<HttpProbeAnswer>, header: string): string | null =>
  outcome.reached ? (outcome.answer.headers[header] ?? null) : null;

export async function trafficCheck(ports: QaPorts, subject: WebSubject): Promise<VerificationCheck> {
  const weights = await ports.router.weights(subject.balancer);
  return {
    id: 'traffic',
    title: 'the release has all of the traffic',
    result: weights[subject.color] === 100 ? 'pass' : 'fail',
    evidence: `blue ${weights.blue} %, green ${weights.green} %; live is ${subject.color}`,
    milliseconds: null,
  };
}

export async function portCheck(ports: QaPorts, subject: WebSubject): Promise<VerificationCheck> {
  const { hostname, port, protocol } = new URL(subject.url);
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const outcome = await ports.probe.tcp(hostname, number, TIMEOUT_MILLISECONDS);
  return {
    id: 'port',
    title: `port ${number} accepts connections`,
    result: outcome.reached ? 'pass' : 'fail',
    evidence: outcome.reached ? `${hostname}:${number} is open` : outcome.reason,
    milliseconds: outcome.reached ? outcome.answer.milliseconds : outcome.milliseconds,
  };
}

/** Where an application accepts WebSockets is its own choice, so a refusal at `/` is worth a remark and no more. */
export async function webSocketCheck(ports: QaPorts, subject: WebSubject): Promise<VerificationCheck> {
  const outcome = await ports.probe.webSocket({
    url: subject.url,
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  });
  return {
    id: 'websocket',
    title: 'a WebSocket opens through the load balancer',
    result: outcome.reached ? 'pass' : 'warn',
    evidence: outcome.reached ? 'upgraded at /' : `no upgrade at /: ${outcome.reason}`,
    milliseconds: outcome.reached ? outcome.answer.milliseconds : outcome.milliseconds,
  };
}

export async function tlsCheck(subject: WebSubject): Promise<VerificationCheck> {
  return {
    id: 'tls',
    title: 'TLS certificate',
    result: 'not-applicable',
    evidence: `${new URL(subject.url).protocol}// on the loopback interface has no certificate`,
    milliseconds: null,
  };
}
