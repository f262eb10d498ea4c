import { EventEmitter, once } from 'node:events';
import type { Color } from '../../../domain/deployment.ts';
import type { ColorTraffic } from '../../../domain/release-gate.ts';
import type { TargetAddress, TargetHealth } from '../../../ports/traffic-router.ts';
import { healthDiffers } from './health-record.ts';
import { COLOR_WINDOW, RequestMetrics } from './request-metrics.ts';
import { nextInTurn, type Turn } from './rotation.ts';
import { Target, type TargetOptions } from './target.ts';

/** The longest time a timer can wait. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** The targets of one colour. */
export class TargetGroup implements Turn {
  readonly color: Color;
  credit = 0;
  readonly #options: TargetOptions;
  readonly #metrics = new RequestMetrics(undefined, COLOR_WINDOW);
  readonly #registered = new Map<string, Target>();
  readonly #draining = new Set<Target>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  /** Kept beside the map because every request reads them. */
  #targets: readonly Target[] = [];
  #healthyTargets: readonly Target[] = [];

  constructor(color: Color, options: Omit<TargetOptions, 'metrics'>) {
    this.color = color;
    this.#options = {
      ...options,
      metrics: this.#metrics,
      onHealthChange: (health) => {
        this.#changed();
        options.onHealthChange(health);
      },
    };
  }

  get hasHealthy(): boolean {
    return this.#healthyTargets.length > 0;
  }

  get addresses(): readonly TargetAddress[] {
    return this.#targets.map((target) => target.address);
  }

  get health(): readonly TargetHealth[] {
    return [...this.#targets, ...this.#draining].map((target) => target.health);
  }

  /** The requests that began to be answered since a time in milliseconds of the epoch; probes do not count. */
  trafficSince(epochMilliseconds: number): ColorTraffic {
    return this.#metrics.since(performance.now() - (Date.now() - epochMilliseconds));
  }

  /** Adds targets; one that is there with the same address stays, one whose address changed is replaced. */
  register(addresses: readonly TargetAddress[]): void {
    for (const { id, host, port, healthCheckPath } of addresses) {
      const present = this.#registered.get(id);
      if (present?.address.host === host && present.address.port === port) {
        if (present.address.healthCheckPath !== healthCheckPath) present.healthCheckPath = healthCheckPath;
        continue;
      }
      if (present !== undefined) void this.deregister([id], 0);
      this.#registered.set(id, new Target({ id, host, port, healthCheckPath }, this.#options));
    }
    this.#changed();
  }

  /** Resolves when the targets are drained, also those that were already draining. */
  async deregister(ids: readonly string[], delayMilliseconds: number): Promise<void> {
    for (const id of ids) {
      const target = this.#registered.get(id);
      if (target === undefined) continue;
      this.#registered.delete(id);
      this.#draining.add(target);
      void target.drain(delayMilliseconds).then(() => {
        this.#draining.delete(target);
        this.#changed();
      });
    }
    this.#changed();
    const awaited = [...this.#draining].filter((target) => ids.includes(target.address.id));
    await Promise.all(awaited.map((target) => target.drain(delayMilliseconds)));
  }

  find(id: string): Target | undefined {
    return this.#registered.get(id);
  }

  /** The target whose turn it is, besides those already tried. */
  next(among: 'healthy' | 'all', tried: readonly Target[]): Target | undefined {
    const candidates = among === 'healthy' ? this.#healthyTargets : this.#targets;
    return nextInTurn(candidates, (target) => (tried.includes(target) ? 0 : target.share));
  }

  /** Resolves with the present health once it differs from `seen`, when the time is over, or when `signal` aborts. */
  async healthChange(
    seen: readonly TargetHealth[],
    options: { readonly patienceSeconds: number; readonly signal?: AbortSignal },
  ): Promise<readonly TargetHealth[]> {
    const patience = AbortSignal.timeout(Math.min(options.patienceSeconds * 1_000, MAX_MILLISECONDS));
    const signal = options.signal === undefined ? patience : AbortSignal.any([patience, options.signal]);
    while (!signal.aborted && !healthDiffers(seen, this.health)) {
      await once(this.#changes, 'change', { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    return this.health;
  }

  /** Ends all connections to all targets. */
  async cut(): Promise<void> {
    const targets = [...this.#targets, ...this.#draining];
    this.#registered.clear();
    this.#changed();
    await Promise.all(targets.map((target) => target.cut()));
  }

  #changed(): void {
    this.#targets = [...this.#registered.values()];
    this.#healthyTargets = this.#targets.filter((target) => target.isHealthy);
    this.#changes.emit('change');
  }
}

/**
 * A target for the next attempt: a healthy one of the first group that has any. When none of the groups has a healthy target,
 * all targets are tried: an Application Load Balancer fails open too.
 */
export function chooseTarget(groups: readonly TargetGroup[], tried: readonly Target[]): Target | undefined {
  for (const group of groups) {
    const target = group.next('healthy', tried);
    if (target !== undefined) return target;
  }
  if (groups.some((group) => group.hasHealthy)) return undefined;
  for (const group of groups) {
    const target = group.next('all', tried);
    if (target !== undefined) return target;
  }
  return undefined;
}
