import { get } from 'node:http';
import { printable } from '../../../domain/deployment.ts';
import { systemErrorCode } from '../../../domain/errors.ts';
import { isHealthyStatus } from '../../../domain/health-matcher.ts';
import type { TargetAddress } from '../../../ports/traffic-router.ts';
import type { CheckResult } from './health-record.ts';

const TIMEOUT_SECONDS = 2;
const TIMED_OUT: CheckResult = {
  passed: false,
  status: null,
  reason: `no answer within ${TIMEOUT_SECONDS} s`,
};

/** One GET over a connection of its own, so that it also proves that the target accepts connections. Never rejects. */
export function checkHealth(address: TargetAddress, path: string): Promise<CheckResult> {
  return new Promise((resolve) => {
    const request = get({
      host: address.host,
      port: address.port,
      path,
      agent: false,
      headers: { 'user-agent': 'HiveMind-HealthChecker/1.0', connection: 'close' },
    });
    const timer = setTimeout(() => {
      resolve(TIMED_OUT);
      request.destroy();
    }, TIMEOUT_SECONDS * 1_000);
    timer.unref();
    request.on('response', (response) => {
      resolve(verdictOn(path, response.statusCode ?? 0));
      response.on('error', () => request.destroy());
      response.resume();
    });
    request.on('error', (error) => resolve({ passed: false, status: null, reason: reasonOf(error) }));
    request.on('close', () => clearTimeout(timer));
  });
}

function verdictOn(path: string, status: number): CheckResult {
  if (isHealthyStatus(path, status)) return { passed: true, status };
  return { passed: false, status, reason: `GET ${path} answered ${status}` };
}

function reasonOf(error: Error): string {
  const code = systemErrorCode(error) ?? '';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was closed before an answer';
  if (code.startsWith('HPE_')) return 'the answer is not HTTP';
  return printable(error.message);
}
