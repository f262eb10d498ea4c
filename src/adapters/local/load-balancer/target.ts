import type { Duplex } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import type { TargetAddress, TargetHealth } from '../../../ports/traffic-router.ts';
import { HealthChecker } from './health-checker.ts';
import { HealthRecord, healthDiffers } from './health-record.ts';
import type { RequestMetrics } from './request-metrics.ts';
import type { Turn } from './rotation.ts';
import type { LoadBalancerSettings } from './settings.ts';
import { openPool } from './upstream-pool.ts';

export interface TargetOptions {
  /** The settings of its load balancer as they are now. */
  readonly settings: () => LoadBalancerSettings;
  readonly connectTimeoutMilliseconds: number;
  readonly onHealthChange: (health: TargetHealth) => void;
  /** Numbers of the requests that its target group answers. */
  readonly metrics: RequestMetrics;
}

/** The least share of a target that has just become healthy and starts slowly. */
const FIRST_SHARE = 0.05;

/** An instance behind the load balancer: its connections, its health, and what it is working on. */
export class Target implements Turn {
  #address: TargetAddress;
  credit = 0;
  readonly #options: TargetOptions;
  readonly #health = new HealthRecord();
  readonly #checker: HealthChecker;
  readonly #pool: Pool;
  readonly #freshPool: Pool;
  readonly #tunnels = new Set<Duplex>();
  #justConnected = false;
  #outstanding = 0;
  #healthySince = 0;
  #drained: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  constructor(address: TargetAddress, options: TargetOptions) {
    this.#address = address;
    this.#options = options;
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    const origin = `http://${host}:${address.port}`;
    this.#pool = openPool(origin, { ...options, reuse: true });
    this.#freshPool = openPool(origin, { ...options, reuse: false });
    this.#pool.on('connect', () => this.#noteConnection());
    this.#checker = new HealthChecker(
      address,
      this.#health,
      () => this.#address.healthCheckPath ?? options.settings().healthCheckPath,
      (result) => this.#changeHealth(() => this.#health.add(result)),
    );
    this.#checker.restart();
  }

  get address(): TargetAddress {
    return this.#address;
  }

  /** Undefined is the path of the load balancer. */
  set healthCheckPath(path: string | undefined) {
    this.#address = { ...this.#address, healthCheckPath: path };
    this.#checker.hurry();
  }

  get isHealthy(): boolean {
    return this.#health.state === 'healthy' && this.#drained === undefined;
  }

  get health(): TargetHealth {
    const health = this.#health.of(this.address.id);
    return this.#drained === undefined ? health : { ...health, state: 'draining' };
  }

  /** Weight among the targets of its group: 1, or less while it starts slowly. */
  get share(): number {
    const { slowStartSeconds } = this.#options.settings();
    if (slowStartSeconds === 0) return 1;
    const warmth = (performance.now() - this.#healthySince) / (slowStartSeconds * 1_000);
    return Math.min(1, Math.max(FIRST_SHARE, warmth));
  }

  /** Notes an answer, or that there was none. */
  answered(status: number, milliseconds: number): void {
    this.#options.metrics.record(status, milliseconds);
  }

  /** Sends a request; `finished` has to follow once. On a fresh connection when the reused one was closed under it. */
  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    connection: 'any' | 'fresh',
  ): void {
    this.#outstanding += 1;
    const pool = connection === 'fresh' ? this.#freshPool : this.#pool;
    pool.dispatch(options, handler);
  }

  finished(): void {
    this.#outstanding -= 1;
    if (this.#outstanding === 0) this.#onIdle?.();
  }

  /** To be asked when a request starts: whether its connection has carried another one before. */
  get isReusingConnection(): boolean {
    return !this.#justConnected;
  }

  /** A connection that left HTTP: it is cut with the target. */
  addTunnel(upstream: Duplex): void {
    this.#tunnels.add(upstream);
    upstream.once('close', () => this.#tunnels.delete(upstream));
  }

  /** Live traffic could not connect: look now, not at the next interval. */
  suspect(): void {
    this.#checker.hurry();
  }

  /** Out of rotation at once; checked from the start, as the instance may come back on the same port. */
  exited(): void {
    if (this.#drained !== undefined) return;
    this.#changeHealth(() => this.#health.condemn('the process exited'));
    this.#checker.restart();
  }

  /** Lets what is under way finish within the time, then cuts the rest. */
  drain(delayMilliseconds: number): Promise<void> {
    this.#drained ??= this.#finishWithin(delayMilliseconds);
    return this.#drained;
  }

  /** Ends everything now, also a drain that still has time. */
  cut(): Promise<void> {
    const drained = this.drain(0);
    this.#onIdle?.();
    return drained;
  }

  /** undici writes the request that waits for a connection right after this event, in the same tick. */
  #noteConnection(): void {
    this.#justConnected = true;
    queueMicrotask(() => {
      this.#justConnected = false;
    });
  }

  #changeHealth(change: () => void): void {
    const before = this.health;
    change();
    const now = this.health;
    if (now.state === 'healthy' && before.state !== 'healthy') this.#healthySince = performance.now();
    if (healthDiffers([before], [now])) this.#options.onHealthChange(now);
  }

  async #finishWithin(delayMilliseconds: number): Promise<void> {
    this.#checker.stop();
    if (this.#outstanding > 0 && delayMilliseconds > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delayMilliseconds).unref();
        this.#onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const tunnel of this.#tunnels) tunnel.destroy();
    const reason = new Error('the target was taken out');
    await Promise.all([this.#pool.destroy(reason), this.#freshPool.destroy(reason)]);
  }
}
