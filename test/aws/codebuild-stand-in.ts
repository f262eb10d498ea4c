import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient, ListProjectsCommand } from '@aws-sdk/client-codebuild';
import { signalGroup } from '../../src/adapters/local/process-group.ts';
import { readProcessTable, withDescendants } from '../../src/adapters/local/process-inspection.ts';
import type { Account } from './account.ts';
import { checkedProgram, eachLines, surroundingVariables } from './codebuild-container.ts';
import type { Fate, ProxiedCall } from './proxy.ts';

/** Of the project in the control plane. */
const LOG_GROUP = '/hivemind/builds';

export interface CodeBuildStandIn {
  /** What becomes of a call to CodeBuild; undefined for calls to other services. To be asked by the rules of a proxy. */
  decide(call: ProxiedCall): Promise<Fate | undefined>;
  /** How many builds were started. */
  readonly started: number;
  /** Lines that the builds have printed. */
  readonly lines: readonly string[];
  /** Ends all builds. */
  close(): Promise<void>;
}

export interface StandInOptions {
  /** More of the environment of a build: what CodeBuild sets in its containers. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes what becomes of a build: instead of running its program with the environment that it is given, it ends like this. */
  readonly instead?: Instead | undefined;
  /** The first call of this name is executed, and its answer lost. */
  readonly loseFirst?: 'StartBuild' | 'BatchGetBuilds';
  /** Name of the exception that StartBuild is answered with. */
  readonly refuse?: string;
}

export type Instead = (
  given: Readonly<Record<string, string>>,
) => Partial<BuildView> | undefined | Promise<Partial<BuildView>>;

/** What BatchGetBuilds says of a build. Times are seconds. */
export interface BuildView {
  readonly id: string;
  readonly buildStatus: string;
  readonly startTime: number;
  readonly endTime?: number;
  readonly phases: readonly object[];
  readonly logs: { readonly groupName: string; readonly streamName: string };
}

/**
 * The emulator keeps records of builds, with times that the SDK cannot read, and runs none. This stands in for CodeBuild beside a
 * project that is there in the emulator: it does the commands of the project's buildspec on this machine, with the environment
 * that StartBuild gives, and what BatchGetBuilds and StopBuild answer is what has become of that process. Its output goes to the
 * log group of the builds, which the emulator keeps.
 */
export function codeBuildStandIn(account: Account, options: StandInOptions = {}): CodeBuildStandIn {
  const builds = new Map<string, RunningBuild>();
  const byToken = new Map<string, Promise<RunningBuild | undefined>>();
  const lines: string[] = [];
  const logs = new CloudWatchLogsClient(account.settings);
  const start = async (input: StartInput): Promise<RunningBuild | undefined> => {
    const codebuild = new CodeBuildClient(account.settings);
    const { projects = [] } = await codebuild.send(new ListProjectsCommand({}));
    if (!projects.includes(input.projectName)) return undefined;
    const running = new RunningBuild(input, { logs, lines, ...options });
    builds.set(running.id, running);
    return running;
  };
  let lost: string | undefined;
  const losing = (action: string, fate: Fate): Fate => {
    if (action !== options.loseFirst || lost) return fate;
    lost = action;
    return 'refuse';
  };
  return {
    lines,
    get started() {
      return builds.size;
    },
    async decide({ service, action, body }) {
      if (service !== 'codebuild') return undefined;
      const input = JSON.parse(body) as StartInput & { ids?: string[]; id?: string };
      if (action === 'StartBuild') {
        if (options.refuse) return refusal(options.refuse);
        const token = input.idempotencyToken ?? randomUUID();
        const running = byToken.get(token) ?? start(input);
        byToken.set(token, running);
        return losing(action, answer(await running));
      }
      if (action === 'BatchGetBuilds') {
        const found = (input.ids ?? []).flatMap((id) => builds.get(id) ?? []);
        const body = JSON.stringify({ builds: found.map(({ view }) => view) });
        return losing(action, { status: 200, body });
      }
      if (action !== 'StopBuild') return undefined;
      const stopping = builds.get(input.id ?? '');
      await stopping?.stop();
      return answer(stopping);
    },
    close: async () => {
      await Promise.all([...builds.values()].map((build) => build.stop()));
    },
  };
}

interface StartInput {
  readonly projectName: string;
  readonly idempotencyToken?: string;
  readonly environmentVariablesOverride?: readonly { readonly name: string; readonly value: string }[];
}

/** Undefined: what the call asks for is not there. */
const answer = (build: RunningBuild | undefined): Fate =>
  build ? { status: 200, body: JSON.stringify({ build: build.view }) } : refusal('ResourceNotFoundException');

const refusal = (name: string): Fate => ({
  status: 400,
  body: JSON.stringify({ __type: name, message: 'it was refused' }),
});

interface Surroundings extends StandInOptions {
  readonly logs: CloudWatchLogsClient;
  readonly lines: string[];
}

class RunningBuild {
  readonly id: string;
  readonly #surroundings: Surroundings;
  readonly #stream: string;
  readonly #ended: Promise<void>;
  #child: ChildProcess | undefined;
  #isStopped = false;
  #view: BuildView;

  constructor(input: StartInput, surroundings: Surroundings) {
    const number = randomUUID();
    this.id = `${input.projectName}:${number}`;
    this.#surroundings = surroundings;
    this.#stream = `builds/${number}`;
    this.#view = {
      id: this.id,
      buildStatus: 'IN_PROGRESS',
      startTime: Date.now() / 1000,
      phases: [{ phaseType: 'QUEUED', phaseStatus: 'SUCCEEDED' }],
      logs: { groupName: LOG_GROUP, streamName: this.#stream },
    };
    const given = (input.environmentVariablesOverride ?? []).map(({ name, value }) => [name, value]);
    this.#ended = this.#run(Object.fromEntries(given)).catch((error: unknown) => {
      this.#end({ buildStatus: 'FAULT', phases: [failedPhase('INSTALL', String(error))] });
    });
  }

  get view(): BuildView {
    return this.#view;
  }

  async stop(): Promise<void> {
    if (this.#view.buildStatus === 'IN_PROGRESS') this.#isStopped = true;
    await this.#endContainer();
    await this.#ended;
  }

  /** With it end the commands of the build, which have sessions of their own. */
  async #endContainer(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined || !signalGroup(pid, 'SIGSTOP')) return;
    const inside = withDescendants(await readProcessTable(), (entry) => entry.pid === pid);
    for (const group of new Set([pid, ...inside.map((entry) => entry.group)])) signalGroup(group, 'SIGKILL');
  }

  async #run(given: Readonly<Record<string, string>>): Promise<void> {
    const instead = await this.#surroundings.instead?.(given);
    if (instead) return this.#end(instead);
    const folder = await mkdtemp(join(tmpdir(), 'hivemind-codebuild-'));
    // Like /tmp of a container: every user may pass through it.
    await chmod(folder, 0o755);
    try {
      const program = join(folder, 'build-runner.mjs');
      await writeFile(program, await checkedProgram(given));
      const code = this.#isStopped ? null : await this.#runProgram(program, given, folder);
      const stopped = { buildStatus: 'STOPPED', phases: [] };
      const failed = { buildStatus: 'FAILED', phases: [failedPhase('BUILD', `exit status ${code}`)] };
      this.#end(this.#isStopped ? stopped : code === 0 ? { buildStatus: 'SUCCEEDED' } : failed);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #runProgram(program: string, given: Readonly<Record<string, string>>, folder: string) {
    const child = spawn(process.execPath, [program], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...surroundingVariables(), TMPDIR: folder, ...this.#surroundings.environment, ...given },
    });
    this.#child = child;
    const printed: Promise<void>[] = [];
    let written = this.#openLog();
    for (const stream of [child.stdout, child.stderr]) {
      printed.push(
        eachLines(stream, (lines) => {
          this.#surroundings.lines.push(...lines);
          written = written.then(() => this.#log(lines));
        }),
      );
    }
    const [code] = (await once(child, 'close')) as [number | null];
    this.#child = undefined;
    await Promise.all(printed);
    await written;
    return code;
  }

  async #openLog(): Promise<void> {
    const { logs } = this.#surroundings;
    await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP })).catch(() => undefined);
    await logs.send(new CreateLogStreamCommand({ logGroupName: LOG_GROUP, logStreamName: this.#stream }));
  }

  async #log(lines: readonly string[]): Promise<void> {
    const logEvents = lines.map((line) => ({ timestamp: Date.now(), message: `${line}\n` }));
    await this.#surroundings.logs.send(
      new PutLogEventsCommand({ logGroupName: LOG_GROUP, logStreamName: this.#stream, logEvents }),
    );
  }

  #end(outcome: Partial<BuildView>): void {
    this.#view = { ...this.#view, endTime: Date.now() / 1000, ...outcome };
  }
}

const failedPhase = (phaseType: string, message: string) => ({
  phaseType,
  phaseStatus: 'FAILED',
  contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message }],
});
