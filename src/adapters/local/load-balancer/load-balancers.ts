import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import pLimit from 'p-limit';
import type { Color } from '../../../domain/deployment.ts';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import type { Weights } from '../../../domain/swap.ts';
import type { TargetHealth } from '../../../ports/traffic-router.ts';
import { LoadBalancer, type LoadBalancerMetrics } from './load-balancer.ts';
import { type LoadBalancerRecord, LoadBalancerRecords } from './records.ts';
import { WINDOW_SECONDS } from './request-metrics.ts';
import { type LoadBalancerSettingsInput, parseSettings } from './settings.ts';

export interface LoadBalancersOptions {
  readonly database: DatabaseSync;
  /** Where listeners without a port of their own get one, the lowest free first. @default 8100 to 8999 */
  readonly portRange?: { readonly first: number; readonly last: number };
  /** @default 10,000, as an Application Load Balancer has it */
  readonly connectTimeoutMilliseconds?: number;
  readonly onHealthChange?: (loadBalancer: string, color: Color, health: TargetHealth) => void;
}

export interface LoadBalancerRequest extends LoadBalancerSettingsInput {
  /** Null for a free one. */
  readonly listenerPort: number | null;
}

export interface LoadBalancerSummary {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly weights: Weights;
  /** False when the port was taken when the server started again. */
  readonly isListening: boolean;
}

const SHUTDOWN_MILLISECONDS = 3_000;
const PROBE_SECRET_BYTES = 24;

/** All load balancers of this server. */
export class LoadBalancers {
  readonly #records: LoadBalancerRecords;
  readonly #options: Required<Omit<LoadBalancersOptions, 'database'>>;
  readonly #balancers = new Map<string, LoadBalancer>();
  /** One change at a time, so that two never want the same free port. */
  readonly #inOrder = pLimit(1);

  constructor({ database, ...options }: LoadBalancersOptions) {
    this.#records = new LoadBalancerRecords(database);
    this.#options = {
      portRange: { first: 8_100, last: 8_999 },
      connectTimeoutMilliseconds: 10_000,
      onHealthChange: () => undefined,
      ...options,
    };
  }

  /**
   * Creates the load balancer, or brings the one of this name to these settings. All traffic goes to blue at first.
   * @throws {HiveMindError} PortInUse, NoFreePort, InvalidInput
   */
  create(name: string, request: LoadBalancerRequest): Promise<{ port: number; url: string }> {
    return this.#inOrder(async () => {
      const { listenerPort, ...input } = request;
      const settings = parseSettings(input);
      const balancer =
        this.#balancers.get(name) ?? this.#newBalancer(name, newRecord(listenerPort, settings));
      if (!balancer.isListening || (listenerPort !== null && listenerPort !== balancer.port)) {
        await this.#listen(balancer, listenerPort);
      }
      this.#balancers.set(name, balancer);
      balancer.configure(settings);
      return { port: balancer.port, url: balancer.url };
    });
  }

  /** Changes the settings without closing the listener. @throws {HiveMindError} TargetGroupNotFound, InvalidInput */
  update(name: string, settings: Partial<LoadBalancerSettingsInput>): void {
    const balancer = this.get(name);
    balancer.configure(parseSettings({ ...balancer.settings, ...settings }));
  }

  /** Closes the listener and forgets the load balancer; succeeds when there is none. */
  remove(name: string): Promise<void> {
    return this.#inOrder(async () => {
      const balancer = this.#balancers.get(name);
      this.#balancers.delete(name);
      this.#records.remove(name);
      await balancer?.close(0);
    });
  }

  /**
   * Listens again on the ports of before, with the same weights and targets.
   * @returns why some could not: they stay known, and `create` tries again
   */
  restore(): Promise<readonly HiveMindError[]> {
    return this.#inOrder(async () => {
      const failures: HiveMindError[] = [];
      for (const name of this.#records.names()) {
        if (this.#balancers.has(name)) continue;
        try {
          const balancer = this.#newBalancer(name, this.#records.read(name));
          this.#balancers.set(name, balancer);
          await balancer.listen(balancer.port);
        } catch (error) {
          failures.push(asHiveMindError(error));
        }
      }
      return failures;
    });
  }

  /** @throws {HiveMindError} TargetGroupNotFound */
  get(name: string): LoadBalancer {
    const balancer = this.#balancers.get(name);
    if (balancer !== undefined) return balancer;
    throw new HiveMindError('TargetGroupNotFound', `there is no load balancer "${name}"`, {
      hint: 'run the deployment again: it creates what is missing',
    });
  }

  list(): readonly LoadBalancerSummary[] {
    return [...this.#balancers].map(([name, { port, url, weights, isListening }]) => ({
      name,
      port,
      url,
      weights,
      isListening,
    }));
  }

  /** The instance is gone: its target gets no more requests, without waiting for a health check. */
  targetExited(targetId: string): void {
    for (const balancer of this.#balancers.values()) balancer.targetExited(targetId);
  }

  /** Numbers of the last seconds, at most 300. @throws {HiveMindError} TargetGroupNotFound */
  metrics(name: string, windowSeconds: number = WINDOW_SECONDS): LoadBalancerMetrics {
    return this.get(name).metrics(windowSeconds);
  }

  /** Stops listening and lets requests finish shortly; the records stay for `restore`. */
  close(): Promise<void> {
    return this.#inOrder(async () => {
      const balancers = [...this.#balancers.values()];
      this.#balancers.clear();
      await Promise.all(balancers.map((balancer) => balancer.close(SHUTDOWN_MILLISECONDS)));
    });
  }

  #newBalancer(name: string, record: LoadBalancerRecord): LoadBalancer {
    return new LoadBalancer(record, {
      connectTimeoutMilliseconds: this.#options.connectTimeoutMilliseconds,
      save: (changed) => this.#records.save(name, changed),
      onHealthChange: (color, health) => this.#options.onHealthChange(name, color, health),
    });
  }

  async #listen(balancer: LoadBalancer, listenerPort: number | null): Promise<void> {
    if (listenerPort !== null) {
      await balancer.listen(listenerPort);
      return;
    }
    const { first, last } = this.#options.portRange;
    for (const port of candidates(balancer.port, first, last)) {
      try {
        await balancer.listen(port);
        return;
      } catch (error) {
        if (!(error instanceof HiveMindError && error.code === 'PortInUse')) throw error;
      }
    }
    throw new HiveMindError('NoFreePort', `none of the ports ${first} to ${last} is free`, {
      hint: 'choose a port with --port, or stop what listens on these ports',
    });
  }
}

function newRecord(port: number | null, settings: LoadBalancerRecord['settings']): LoadBalancerRecord {
  return {
    version: 1,
    port: port ?? 0,
    settings,
    probeSecret: randomBytes(PROBE_SECRET_BYTES).toString('base64url'),
    weights: { blue: 100, green: 0 },
    targets: { blue: [], green: [] },
  };
}

/** The port it had before, if any, and then those of the range. */
function* candidates(before: number, first: number, last: number): Iterable<number> {
  if (before > 0) yield before;
  for (let port = first; port <= last; port += 1) yield port;
}
