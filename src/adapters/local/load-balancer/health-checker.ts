import type { TargetAddress } from '../../../ports/traffic-router.ts';
import { checkHealth } from './health-check.ts';
import type { CheckResult, HealthRecord } from './health-record.ts';

const STEADY_MILLISECONDS = 2_000;
const DOUBT_MILLISECONDS = 250;
const FIRST_MILLISECONDS = 25;

/** Time until the next check of a target that has been out of rotation for `waitedMilliseconds`. */
export function untilNextCheck(health: HealthRecord, waitedMilliseconds: number): number {
  if (health.state === 'healthy') return health.lastPassed ? STEADY_MILLISECONDS : DOUBT_MILLISECONDS;
  // A hundredth of the wait so far: 25 ms for 2.5 s, 250 ms after 25 s. Nobody waits noticeably longer for it.
  return Math.min(STEADY_MILLISECONDS, Math.max(FIRST_MILLISECONDS, waitedMilliseconds / 100));
}

/** Checks one target again and again, as often as its state deserves. */
export class HealthChecker {
  readonly #address: TargetAddress;
  readonly #health: HealthRecord;
  readonly #path: () => string;
  readonly #onResult: (result: CheckResult) => void;
  #timer: NodeJS.Timeout | undefined;
  #waitingSince = performance.now();
  /** Results of a check that began in an earlier round say nothing any more. */
  #round = 0;

  constructor(
    address: TargetAddress,
    health: HealthRecord,
    path: () => string,
    onResult: (result: CheckResult) => void,
  ) {
    this.#address = address;
    this.#health = health;
    this.#path = path;
    this.#onResult = onResult;
  }

  /** Checks at once, and from then on; a check under way is forgotten. */
  restart(): void {
    this.stop();
    this.#waitingSince = performance.now();
    void this.#check(this.#round);
  }

  /** Checks at once unless a check is under way. */
  hurry(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    void this.#check(this.#round);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#round += 1;
  }

  async #check(round: number): Promise<void> {
    this.#timer = undefined;
    const result = await checkHealth(this.#address, this.#path());
    if (round !== this.#round) return;
    this.#onResult(result);
    if (round !== this.#round) return;
    if (this.#health.state === 'healthy') this.#waitingSince = performance.now();
    this.#timer = setTimeout(
      () => void this.#check(round),
      untilNextCheck(this.#health, performance.now() - this.#waitingSince),
    );
    this.#timer.unref();
  }
}
