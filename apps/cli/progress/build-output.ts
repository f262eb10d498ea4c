import { logLineShape } from '../../../src/contracts/api.ts';
import { asHiveMindError } from '../../../src/domain/errors.ts';
import { isUnreachable } from '../server/answers.ts';
import type { Connection } from '../server/connection.ts';
import type { Progress } from './progress.ts';

/** Enough to catch up with a build that was fast to start; only lines of this build are shown. */
const CATCH_UP_LINES = 1_000;

/** Hands the output of the running build to a progress. Losing it never fails the deployment. */
export class BuildOutput {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #progress: Progress;
  readonly #signal: AbortSignal;
  #since: string | undefined;

  constructor(connection: Connection, deploymentName: string, progress: Progress, signal: AbortSignal) {
    this.#connection = connection;
    this.#path = `/v1/deployments/${encodeURIComponent(deploymentName)}/logs?sources=build&follow=true&tail=${CATCH_UP_LINES}`;
    this.#progress = progress;
    this.#signal = signal;
  }

  /** Shows the lines from a time on. */
  start(since: string): void {
    this.#since = since;
    void this.#follow(since, true);
  }

  /** Goes on after the last line shown, over a new connection. */
  resume(): void {
    if (this.#since !== undefined) void this.#follow(this.#since, false);
  }

  async #follow(since: string, including: boolean): Promise<void> {
    try {
      for await (const line of this.#connection.stream(this.#path, logLineShape, this.#signal)) {
        if (line.time < since || (line.time === since && !including)) continue;
        this.#since = line.time;
        this.#progress.buildLine(line.text);
      }
    } catch (error) {
      if (this.#signal.aborted || isUnreachable(error)) return;
      this.#progress.note(`the build output cannot be shown: ${asHiveMindError(error).message}`);
    }
  }
}
