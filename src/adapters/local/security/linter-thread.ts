import { Worker } from 'node:worker_threads';
import type { SecretFinding } from '../../../ports/security-scanner.ts';
import type { Linter } from '../../anywhere/security/linter.ts';
import { workerEnvironment } from '../worker-environment.ts';

export interface LinterQuestion {
  readonly id: number;
  readonly file: string;
  readonly text: string;
}

export interface LinterAnswer {
  readonly id: number;
  readonly findings: readonly SecretFinding[];
}

/**
 * The linter beside the event loop: the server that asks it also balances load, and what it reads is hostile. Its memory is given
 * back when it ends.
 */
export class LinterThread implements Linter {
  readonly #worker = new Worker(new URL('./linter-worker.ts', import.meta.url), {
    env: workerEnvironment(),
    execArgv: [],
  });
  readonly #asked = new Map<number, PromiseWithResolvers<readonly SecretFinding[]>>();
  #count = 0;

  constructor() {
    this.#worker.on('message', ({ id, findings }: LinterAnswer) => {
      this.#asked.get(id)?.resolve(findings);
      this.#asked.delete(id);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () =>
      this.#fail(new Error('the worker that looks for secrets ended without an answer')),
    );
  }

  findingsIn(file: string, text: string): Promise<readonly SecretFinding[]> {
    const id = this.#count;
    this.#count += 1;
    const answer = Promise.withResolvers<readonly SecretFinding[]>();
    this.#asked.set(id, answer);
    this.#worker.postMessage({ id, file, text } satisfies LinterQuestion);
    return answer.promise;
  }

  async end(): Promise<void> {
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
