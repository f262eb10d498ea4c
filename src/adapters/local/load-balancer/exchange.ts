import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { systemErrorCode } from '../../../domain/errors.ts';
import {
  answerWith,
  type GatewayFailure,
  gatewayFailure,
  isConnectionReset,
  NO_TARGET,
} from './gateway-failure.ts';
import { forwardedHeaders, pathOf, returnedHeaders } from './heads.ts';
import { TARGET_HEADER } from './probe-rule.ts';
import { bodyOf } from './request-body.ts';
import type { RequestMetrics } from './request-metrics.ts';
import type { Target } from './target.ts';
import { chooseTarget, type TargetGroup } from './target-group.ts';
import { openTunnel } from './tunnel.ts';

export interface Route {
  /** Who may answer, in order of preference. */
  readonly groups: readonly TargetGroup[];
  /** The answer names its target. */
  readonly isProbe: boolean;
  readonly listenerPort: number;
  readonly idleTimeoutMilliseconds: number;
  readonly metrics: RequestMetrics;
}

/** As an Application Load Balancer counts a client that left before there was an answer. */
const CLIENT_CLOSED_REQUEST = 460;
const RETRYABLE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** One request on its way to a target and the answer on its way back. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #route: Route;
  readonly #body: Readable | null;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #beganAt = performance.now();
  readonly #tried: Target[] = [];
  #target: Target | undefined;
  /** Present once the request was written to a connection. */
  #controller: Dispatcher.DispatchController | undefined;
  #isReusingConnection = false;
  #isRepeated = false;
  #isAnswered = false;
  #isBodyBegun = false;
  #isClientGone = false;

  constructor(request: IncomingMessage, response: ServerResponse, route: Route, upgrade: 'websocket' | null) {
    this.#request = request;
    this.#response = response;
    this.#route = route;
    this.#body = bodyOf(request);
    this.#options = {
      path: pathOf(request),
      method: request.method ?? 'GET',
      headers: forwardedHeaders(request, route.listenerPort),
      body: this.#body,
      upgrade,
      headersTimeout: route.idleTimeoutMilliseconds,
      bodyTimeout: route.idleTimeoutMilliseconds,
    };
  }

  begin(): void {
    this.#response.once('close', this.#onClientClose);
    this.#response.on('error', this.#onClientClose);
    this.#tryNextTarget(NO_TARGET);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#isReusingConnection = this.#target?.isReusingConnection ?? false;
    if (this.#isClientGone) this.#abort();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusMessage?: string,
  ): void {
    if (status < 200) {
      this.#forwardHints(status, headers);
      return;
    }
    this.#response.writeHead(status, statusMessage ?? '', this.#returnedHeaders(controller, headers));
    this.#answered(status);
    // undici takes the Content-Length of a 304 (the length the representation would have) for a body that is missing.
    if (status === 304) this.#response.end();
    else process.nextTick(() => this.#flushHead());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#isBodyBegun = true;
    if (this.#response.write(chunk) || this.#response.destroyed) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#finishAttempt();
    this.#isBodyBegun = true;
    this.#response.end();
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    upstream: Duplex,
  ): void {
    const target = this.#target;
    this.#answered(status);
    target?.addTunnel(upstream);
    upstream.once('close', () => this.#finishAttempt());
    this.#response.off('close', this.#onClientClose);
    openTunnel({
      response: this.#response,
      upstream,
      headers: this.#returnedHeaders(controller, headers),
      idleTimeoutMilliseconds: this.#route.idleTimeoutMilliseconds,
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#mayRepeat(error)) {
      this.#repeat();
      return;
    }
    const target = this.#finishAttempt();
    if (this.#isClientGone || this.#response.writableEnded) return;
    if (this.#isAnswered) {
      // A plain close would look like the end of an answer that has no length (HTTP/1.0).
      this.#response.socket?.resetAndDestroy();
      return;
    }
    const failure = gatewayFailure(error);
    if (this.#controller === undefined) this.#onUnsent(target, failure);
    else this.#fail(failure);
  }

  /** A head that was not sent with the first bytes of the body goes alone (server-sent events). */
  #flushHead(): void {
    if (!this.#isBodyBegun && !this.#response.destroyed) this.#response.flushHeaders();
  }

  #tryNextTarget(failure: GatewayFailure): void {
    const target = chooseTarget(this.#route.groups, this.#tried);
    if (target === undefined) {
      this.#fail(failure);
      return;
    }
    this.#tried.push(target);
    this.#send(target, 'any');
  }

  #send(target: Target, connection: 'any' | 'fresh'): void {
    this.#target = target;
    this.#controller = undefined;
    this.#isReusingConnection = false;
    target.dispatch(this.#options, this, connection);
  }

  /** Nothing of the request has been sent, so that any other target may have it. */
  #onUnsent(target: Target | undefined, failure: GatewayFailure): void {
    if (failure.status !== 502) {
      this.#fail(failure);
      return;
    }
    target?.suspect();
    this.#tryNextTarget(failure);
  }

  /** The target may have closed the idle connection while the request was on its way. */
  #mayRepeat(error: Error): boolean {
    return (
      this.#isReusingConnection &&
      !this.#isRepeated &&
      !this.#isAnswered &&
      this.#body === null &&
      RETRYABLE_METHODS.includes(this.#request.method ?? '') &&
      isConnectionReset(error)
    );
  }

  /** Begins before the failed attempt ends: a draining target must not look idle in between. */
  #repeat(): void {
    const target = this.#target;
    if (target === undefined) return;
    this.#isRepeated = true;
    this.#send(target, 'fresh');
    target.finished();
  }

  #fail(failure: GatewayFailure): void {
    this.#body?.destroy();
    if (this.#isClientGone) return;
    this.#answered(failure.status);
    answerWith(this.#response, failure);
  }

  #answered(status: number): void {
    this.#isAnswered = true;
    const milliseconds = performance.now() - this.#beganAt;
    this.#route.metrics.record(status, milliseconds);
    if (!this.#route.isProbe) this.#tried.at(-1)?.answered(status, milliseconds);
  }

  #finishAttempt(): Target | undefined {
    const target = this.#target;
    this.#target = undefined;
    target?.finished();
    return target;
  }

  readonly #onClientClose = (): void => {
    if (this.#response.writableFinished || this.#isClientGone) return;
    this.#isClientGone = true;
    if (!this.#isAnswered) this.#answered(CLIENT_CLOSED_REQUEST);
    this.#abort();
  };

  #abort(): void {
    this.#controller?.abort(new Error('the client closed the connection'));
  }

  #returnedHeaders(controller: Dispatcher.DispatchController, headers: IncomingHttpHeaders): string[] {
    const raw = Array.isArray(controller.rawHeaders) ? controller.rawHeaders : [];
    const returned = returnedHeaders(raw, headers);
    const id = this.#target?.address.id;
    if (this.#route.isProbe && id !== undefined) returned.push(TARGET_HEADER, id);
    return returned;
  }

  #forwardHints(status: number, headers: IncomingHttpHeaders): void {
    const link = headers['link'];
    if (status !== 103 || link === undefined || this.#request.httpVersion === '1.0') return;
    try {
      this.#response.writeEarlyHints({ link });
    } catch (error) {
      // Hints that Node refuses to write are dropped: the answer does not depend on them.
      if (systemErrorCode(error) !== 'ERR_INVALID_ARG_VALUE') throw error;
    }
  }
}
