import type { TargetHealth } from '../../../ports/traffic-router.ts';

/** What one health check found. `reason` says in words why it failed. */
export type CheckResult =
  | { readonly passed: true; readonly status: number }
  | { readonly passed: false; readonly status: number | null; readonly reason: string };

/** Results in a row that make a target healthy or unhealthy. A new target needs one passed check, as with an ALB. */
const THRESHOLD = 2;

/** The verdict over the health checks of one target. */
export class HealthRecord {
  state: 'initial' | 'healthy' | 'unhealthy' = 'initial';
  reason: string | null = null;
  lastStatus: number | null = null;
  consecutive = 0;
  lastPassed: boolean | null = null;
  #isNew = true;

  add(result: CheckResult): void {
    this.consecutive = this.lastPassed === result.passed ? this.consecutive + 1 : 1;
    this.lastPassed = result.passed;
    this.lastStatus = result.status;
    const isFirstPass = this.#isNew && result.passed;
    if (isFirstPass || this.consecutive >= THRESHOLD) this.state = result.passed ? 'healthy' : 'unhealthy';
    this.#isNew = this.#isNew && !result.passed;
    if (this.state === 'healthy') this.reason = null;
    else if (!result.passed) this.reason = result.reason;
  }

  /** Unhealthy at once, whatever the checks said. */
  condemn(reason: string): void {
    Object.assign(this, { state: 'unhealthy', reason, lastStatus: null, consecutive: 0, lastPassed: null });
  }

  of(id: string): TargetHealth {
    const { state, reason, lastStatus, consecutive } = this;
    return { id, state, reason, lastStatus, consecutive };
  }
}

/** Whether a caller who saw `before` learns something from `now`. Counting on with the same verdict is nothing new. */
export function healthDiffers(before: readonly TargetHealth[], now: readonly TargetHealth[]): boolean {
  const verdicts = (list: readonly TargetHealth[]) =>
    list.map(({ id, state, reason, lastStatus }) => JSON.stringify([id, state, reason, lastStatus])).sort();
  const known = verdicts(before);
  const present = verdicts(now);
  return known.length !== present.length || known.some((verdict, index) => verdict !== present[index]);
}
