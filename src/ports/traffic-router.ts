import type { Color } from '../domain/deployment.ts';
import type { Weights } from '../domain/swap.ts';
import type { Patience } from './stack-engine.ts';

/** Something that answers requests: an instance and the port it listens on. */
export interface TargetAddress {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /**
   * Path of its health check, which belongs to its release: the other colour keeps its own. That of the load balancer when absent.
   * Targets that are registered together have one path.
   */
  readonly healthCheckPath?: string | undefined;
}

export const TARGET_STATES = ['initial', 'healthy', 'unhealthy', 'draining'] as const;

export interface TargetHealth {
  readonly id: string;
  readonly state: (typeof TARGET_STATES)[number];
  /** Why it is not healthy, in words: `GET / answered 500`, `connection refused`, `no answer within 2 s`. */
  readonly reason: string | null;
  /** Status code of the last check, when there was an answer. */
  readonly lastStatus: number | null;
  /** Health checks in a row with this result. */
  readonly consecutive: number;
}

/** Splits live requests between the colours of one deployment. A target group is named by load balancer and colour. */
export interface TrafficRouter {
  /** Idempotent. @throws {HiveMindError} TargetGroupNotFound */
  register(loadBalancer: string, color: Color, targets: readonly TargetAddress[]): Promise<void>;
  /**
   * Takes targets out: they get no new requests, and those in flight may finish within the deregistration delay.
   * Unknown targets are ignored.
   * @returns whether they are drained; false when they are still draining after patience has run out: call again
   * @throws {HiveMindError} TargetGroupNotFound
   */
  deregister(
    loadBalancer: string,
    color: Color,
    targetIds: readonly string[],
    patience: Patience,
  ): Promise<boolean>;
  /**
   * Has the platform replace instances of the colour when they fail, which ends with the first target that is taken out: what drains or starts
   * is not replaced. For when what was started serves, or is given up. Idempotent; nothing to do where instances are started again and not
   * replaced.
   */
  replaceFailing(loadBalancer: string, color: Color): Promise<void>;
  /** @throws {HiveMindError} TargetGroupNotFound */
  health(loadBalancer: string, color: Color): Promise<readonly TargetHealth[]>;
  /**
   * Resolves as soon as the health of a target differs from `seen`, or after `patienceSeconds`, with the present health.
   * An adapter that cannot wait answers at once.
   */
  healthChange(
    loadBalancer: string,
    color: Color,
    seen: readonly TargetHealth[],
    options: { readonly patienceSeconds: number; readonly signal?: AbortSignal },
  ): Promise<readonly TargetHealth[]>;
  /** Idempotent; read back with `weights`. @throws {HiveMindError} TargetGroupNotFound, InvalidInput */
  shift(loadBalancer: string, weights: Weights): Promise<void>;
  weights(loadBalancer: string): Promise<Weights>;
  /** Address and header that reach one colour whatever the weights are. */
  probeRoute(loadBalancer: string, color: Color): Promise<ProbeRoute>;
}

export interface ProbeRoute {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Response header that carries the id of the answering target; null where the load balancer does not name it. */
  readonly targetHeader: string | null;
}
