import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HIVEMIND = fileURLToPath(new URL('../bin/hivemind', import.meta.url));
export const APPLICATION = fileURLToPath(new URL('./swap-application', import.meta.url));
const NAME = 'swap';

export type Fault = 'exit' | 'unhealthy' | 'errors' | 'late-errors' | 'unverified' | 'slow';

/** What the next release of the application is like. */
export interface Variant {
  readonly version: string;
  readonly startSeconds?: number;
  readonly fault?: Fault;
}

export interface CommandResult {
  readonly code: number;
  readonly seconds: number;
  readonly stderr: string;
}

export interface HistoryEvent {
  readonly time: string;
  readonly type: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The application of the benchmark under a HiveMind of its own. */
export class SwapDeployment {
  readonly #folder: string;
  readonly #repository: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#repository = join(folder, 'repository');
    this.#environment = { ...process.env, HIVEMIND_HOME: join(folder, 'home'), NO_COLOR: '1' };
  }

  static async create(): Promise<SwapDeployment> {
    const deployment = new SwapDeployment(await mkdtemp(join(tmpdir(), 'hivemind-swap-')));
    await cp(APPLICATION, deployment.#repository, { recursive: true });
    await deployment.#git('init', '--quiet', '--initial-branch=main');
    await deployment.commit({ version: 'v0' });
    return deployment;
  }

  /** Returns the address of the first release. */
  async deploy(): Promise<string> {
    const { stdout } = await this.#hivemind('deploy', this.#repository, '--name', NAME, '--json');
    const { deployment } = JSON.parse(stdout) as { deployment: { url: string } };
    return deployment.url;
  }

  async commit(variant: Variant): Promise<void> {
    await writeFile(join(this.#repository, 'variant.json'), `${JSON.stringify(variant)}\n`);
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--allow-empty', '--message', variant.version);
  }

  /** `update` or `rollback`, until it has ended. */
  async change(verb: 'update' | 'rollback', ...options: readonly string[]): Promise<CommandResult> {
    const began = performance.now();
    const ended = await this.#hivemind(verb, NAME, ...options, '--json').then(
      () => ({ code: 0, stderr: '' }),
      (error: { code?: number; stderr?: string }) => ({ code: error.code ?? 1, stderr: error.stderr ?? '' }),
    );
    return { ...ended, seconds: (performance.now() - began) / 1000 };
  }

  /** Of the newest execution, oldest first. */
  async history(): Promise<readonly HistoryEvent[]> {
    const { stdout } = await this.#hivemind('history', NAME, '--json');
    const { events } = JSON.parse(stdout) as { events: HistoryEvent[] };
    const ordered = events.toSorted((one, other) => one.time.localeCompare(other.time));
    return ordered.slice(ordered.findLastIndex(({ type }) => type === 'execution.started'));
  }

  async remove(): Promise<void> {
    await this.#hivemind('serve', '--stop');
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #hivemind(...args: readonly string[]) {
    return run(HIVEMIND, args, { env: this.#environment, maxBuffer: 64 * 1024 * 1024 });
  }

  #git(...args: readonly string[]) {
    return run('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], {
      cwd: this.#repository,
    });
  }
}
