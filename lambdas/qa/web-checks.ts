import { isHealthyStatus } from '../../src/domain/health-matcher.ts';
import type { VerificationCheck } from '../../src/domain/verification.ts';
import type { QaPorts } from './ports.ts';
import type { WebSubject } from './subject.ts';

const TIMEOUT_MILLISECONDS = 5_000;

/** Status, size, redirect and latency of the health check path, through the load balancer. */
export async function responseCheck(ports: QaPorts, subject: WebSubject): Promise<VerificationCheck> {
  const path = subject.healthCheckPath;
  const outcome = await ports.probe.http({
    url: new URL(path, subject.url).href,
    headers: subject.headers,
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
