import type { IncomingMessage, ServerResponse } from 'node:http';
import { COLORS, type Color, otherColor } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Weights } from '../../../domain/swap.ts';
import type { ProbeRoute, TargetAddress, TargetHealth } from '../../../ports/traffic-router.ts';
import { Exchange, type Route } from './exchange.ts';
import { answerWith, UNKNOWN_TRANSFER_CODING } from './gateway-failure.ts';
import { LISTENER_HOST, Listener } from './listener.ts';
import { ProbeRule, TARGET_HEADER } from './probe-rule.ts';
import type { LoadBalancerRecord } from './records.ts';
import { RequestMetrics, type RequestNumbers } from './request-metrics.ts';
import { nextInTurn } from './rotation.ts';
import type { LoadBalancerSettings } from './settings.ts';
import { TargetGroup } from './target-group.ts';

export interface LoadBalancerMetrics extends RequestNumbers {
  readonly openConnections: number;
}

export interface LoadBalancerOptions {
  readonly connectTimeoutMilliseconds: number;
  /** Called after each change of what has to survive a restart. */
  readonly save: (record: LoadBalancerRecord) => void;
  readonly onHealthChange: (color: Color, health: TargetHealth) => void;
}

/** The client's connection outlives the idle timeout a little, so that it can be told what happened. */
const SILENCE_GRACE_MILLISECONDS = 10_000;

/** One listener before two target groups, blue and green. */
export class LoadBalancer {
  readonly #options: LoadBalancerOptions;
  readonly #groups: Readonly<Record<Color, TargetGroup>>;
  readonly #bothGroups: readonly TargetGroup[];
  readonly #probeRule: ProbeRule;
  readonly #metrics = new RequestMetrics();
  #settings: LoadBalancerSettings;
  #weights: Weights;
  #port: number;
  #listener: Listener | undefined;
  /** Target groups by the colour that a request fell to, in order of preference. */
  #routes: Readonly<Record<Color, readonly TargetGroup[]>>;

  /** Stands as recorded but does not listen yet. */
  constructor(record: LoadBalancerRecord, options: LoadBalancerOptions) {
    this.#options = options;
    this.#settings = record.settings;
    this.#port = record.port;
    this.#probeRule = new ProbeRule(record.probeSecret);
    this.#groups = { blue: this.#newGroup('blue'), green: this.#newGroup('green') };
    this.#bothGroups = Object.values(this.#groups);
    this.#weights = record.weights;
    this.#routes = this.#routesFor(record.weights);
    for (const color of COLORS) this.#groups[color].register(record.targets[color]);
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${LISTENER_HOST}:${this.#port}`;
  }

  get isListening(): boolean {
    return this.#listener !== undefined;
  }

  get settings(): LoadBalancerSettings {
    return this.#settings;
  }

  get weights(): Weights {
    return this.#weights;
  }

  /** Listens on this port, instead of the one before if there was one. @throws {HiveMindError} PortInUse, InvalidInput */
  async listen(port: number): Promise<void> {
    const before = this.#listener;
    this.#listener = await Listener.open(port, (...parts) => this.#onRequest(...parts));
    this.#port = port;
    this.configure(this.#settings);
    void before?.close(this.#delayMilliseconds);
  }

  /** Changes the settings under way. */
  configure(settings: LoadBalancerSettings): void {
    this.#settings = settings;
    if (this.#listener !== undefined) {
      this.#listener.silenceMilliseconds = this.#idleTimeoutMilliseconds + SILENCE_GRACE_MILLISECONDS;
    }
    this.#save();
  }

  register(color: Color, targets: readonly TargetAddress[]): void {
    this.#groups[color].register(targets);
    this.#save();
  }

  /** Resolves when the targets are drained. */
  async deregister(color: Color, targetIds: readonly string[]): Promise<void> {
    const drained = this.#groups[color].deregister(targetIds, this.#delayMilliseconds);
    this.#save();
    await drained;
  }

  group(color: Color): TargetGroup {
    return this.#groups[color];
  }

  /** @throws {HiveMindError} InvalidInput */
  shift(weights: Weights): void {
    assertWeights(weights);
    this.#weights = { blue: weights.blue, green: weights.green };
    this.#routes = this.#routesFor(weights);
    for (const color of COLORS) this.#groups[color].credit = 0;
    this.#save();
  }

  probeRoute(color: Color): ProbeRoute & { readonly targetHeader: string } {
    return { url: this.url, headers: this.#probeRule.headersFor(color), targetHeader: TARGET_HEADER };
  }

  targetExited(targetId: string): void {
    for (const color of COLORS) this.#groups[color].find(targetId)?.exited();
  }

  metrics(windowSeconds: number): LoadBalancerMetrics {
    return {
      ...this.#metrics.read(windowSeconds),
      openConnections: this.#listener?.openConnections ?? 0,
    };
  }

  /** Stops listening, lets requests finish within the time, then cuts what is left. */
  async close(graceMilliseconds: number): Promise<void> {
    const closed = this.#listener?.close(graceMilliseconds);
    this.#listener = undefined;
    const timeUp = new Promise<void>((resolve) => setTimeout(resolve, graceMilliseconds).unref());
    await Promise.race([closed, timeUp]);
    await Promise.all(COLORS.map((color) => this.#groups[color].cut()));
    await closed;
  }

  get #delayMilliseconds(): number {
    return this.#settings.deregistrationDelaySeconds * 1_000;
  }

  get #idleTimeoutMilliseconds(): number {
    return this.#settings.idleTimeoutSeconds * 1_000;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, upgrade: 'websocket' | null): void {
    const coding = request.headers['transfer-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
      answerWith(response, UNKNOWN_TRANSFER_CODING);
      return;
    }
    new Exchange(request, response, this.#routeFor(request), upgrade).begin();
  }

  #routeFor(request: IncomingMessage): Route {
    const probe = this.#probeRule.match(request);
    return {
      groups: probe?.color === undefined ? this.#nextRoute() : [this.#groups[probe.color]],
      isProbe: probe !== undefined,
      listenerPort: this.#port,
      idleTimeoutMilliseconds: this.#idleTimeoutMilliseconds,
      metrics: this.#metrics,
    };
  }

  #nextRoute(): readonly TargetGroup[] {
    const group = nextInTurn(this.#bothGroups, ({ color }) => this.#weights[color]);
    return group === undefined ? [] : this.#routes[group.color];
  }

  #routesFor(weights: Weights): Readonly<Record<Color, readonly TargetGroup[]>> {
    const from = (color: Color) =>
      [color, otherColor(color)].filter((each) => weights[each] > 0).map((each) => this.#groups[each]);
    return { blue: from('blue'), green: from('green') };
  }

  #newGroup(color: Color): TargetGroup {
    return new TargetGroup(color, {
      settings: () => this.#settings,
      connectTimeoutMilliseconds: this.#options.connectTimeoutMilliseconds,
      onHealthChange: (health) => this.#options.onHealthChange(color, health),
    });
  }

  #save(): void {
    this.#options.save({
      version: 1,
      port: this.#port,
      settings: this.#settings,
      probeSecret: this.#probeRule.secret,
      weights: this.#weights,
      targets: {
        blue: [...this.#groups.blue.addresses],
        green: [...this.#groups.green.addresses],
      },
    });
  }
}

function assertWeights({ blue, green }: Weights): void {
  const fits = [blue, green].every((weight) => Number.isInteger(weight) && weight >= 0);
  if (fits && blue + green === 100) return;
  throw new HiveMindError('InvalidInput', `blue ${blue} and green ${green} are not weights`, {
    hint: 'give each colour a whole percentage, 100 in total',
  });
}
