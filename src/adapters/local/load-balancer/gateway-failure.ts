import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { systemErrorCode } from '../../../domain/errors.ts';

/** An answer of the load balancer itself. */
export interface GatewayFailure {
  readonly status: number;
  readonly explanation: string;
}

export const NO_TARGET: GatewayFailure = {
  status: 503,
  explanation: 'no instance of the application is registered',
};
export const UNKNOWN_TRANSFER_CODING: GatewayFailure = {
  status: 501,
  explanation: 'of the transfer codings only chunked is known',
};

const INVALID_REQUEST: GatewayFailure = { status: 400, explanation: 'the request is not valid HTTP' };
const INVALID_ANSWER: GatewayFailure = {
  status: 502,
  explanation: 'the application did not answer in valid HTTP',
};

/** By undici's and Node's error codes; the rest is a connection that broke before there was an answer. */
const FAILURES: Readonly<Record<string, GatewayFailure>> = {
  UND_ERR_INVALID_ARG: INVALID_REQUEST,
  UND_ERR_NOT_SUPPORTED: INVALID_REQUEST,
  UND_ERR_CONNECT_TIMEOUT: {
    status: 504,
    explanation: 'the application did not accept the connection in time',
  },
  UND_ERR_HEADERS_TIMEOUT: { status: 504, explanation: 'the application did not answer in time' },
  UND_ERR_HEADERS_OVERFLOW: INVALID_ANSWER,
  ECONNREFUSED: { status: 502, explanation: 'the application does not accept connections' },
};
const BROKEN: GatewayFailure = {
  status: 502,
  explanation: 'the application closed the connection before it answered',
};

export function gatewayFailure(error: Error): GatewayFailure {
  const code = systemErrorCode(error) ?? '';
  return code.startsWith('HPE_') ? INVALID_ANSWER : (FAILURES[code] ?? BROKEN);
}

/** The connection was there and then not, so that a request without effects may be sent once more. */
export const isConnectionReset = (error: Error): boolean =>
  ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(systemErrorCode(error) ?? '');

export function answerWith(response: ServerResponse, failure: GatewayFailure): void {
  const page = `${failure.status} ${STATUS_CODES[failure.status]}: ${failure.explanation}\n`;
  response.writeHead(failure.status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(page),
  });
  response.end(page);
}
