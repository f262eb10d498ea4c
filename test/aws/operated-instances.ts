import type { ProcessStatus } from '../../src/contracts/instance-program.ts';
import { instanceReleaseShape } from '../../src/contracts/instance-release.ts';
import type { InstanceOrder } from './instance-stand-in.ts';
import type { ProxiedCall } from './proxy.ts';

interface Machine {
  release: number;
  state: 'running' | 'stopped';
}

const EXITED = { code: 1, signal: null, at: '2026-01-01T00:00:00.000Z' };

/** What the instance programs of all instances know: which release each has, and whether it runs. */
export class OperatedInstances {
  /** Releases whose process exits at once. */
  readonly broken = new Set<number>();
  readonly #machines = new Map<string, Machine>();
  /** What an instance that boots now is made with. */
  #made = 1;

  /** Sees the parameters of compute stacks go by. */
  watch({ service, body }: ProxiedCall): void {
    if (service !== 'cloudformation') return;
    const form = new URLSearchParams(body);
    for (const [key, value] of form) {
      if (value !== 'Release' || !key.endsWith('.ParameterKey')) continue;
      this.#made = Number(form.get(key.replace(/Key$/, 'Value')) ?? this.#made);
    }
  }

  /** Number of the release on each instance that was ever asked. */
  get releases(): ReadonlyMap<string, number> {
    return new Map([...this.#machines].map(([id, { release }]) => [id, release]));
  }

  answer({ instanceId, verb, payload }: InstanceOrder): object {
    const machine = this.#machineOf(instanceId);
    switch (verb) {
      case 'run':
        return { finished: true, exitCode: 0, signal: null, timedOut: false, logTail: ['migrated'] };
      case 'logs':
        return { lines: ['the last line'] };
      case 'ports':
        return { ports: [8080] };
      case 'inspect':
        return { observation: OBSERVATION };
      case 'probe-database':
        return { reached: true, serverVersion: '17.6', milliseconds: 3 };
      case 'install':
        machine.release = instanceReleaseShape.parse((payload as { release: unknown }).release).number;
        return { finished: true };
      case 'start':
        machine.state = 'running';
        return this.#status(machine);
      case 'stop':
        machine.state = 'stopped';
        return this.#status(machine);
      default:
        return this.#status(machine);
    }
  }

  #machineOf(id: string): Machine {
    const machine = this.#machines.get(id) ?? { release: this.#made, state: 'running' };
    this.#machines.set(id, machine);
    return machine;
  }

  #status({ release, state }: Machine): object {
    const isBroken = state === 'running' && this.broken.has(release);
    const web: ProcessStatus = {
      name: 'web',
      exposed: true,
      state: isBroken ? 'failed' : state,
      restarts: 0,
      lastExit: isBroken ? EXITED : null,
    };
    return { processes: [web], release };
  }
}

const OBSERVATION = {
  secretFileModes: [{ file: '/etc/hivemind/environment', mode: 0o100600 }],
  processArgumentsHoldSecret: false,
  runsAsRoot: false,
  environmentNames: { present: ['PORT', 'DATABASE_URL'], intended: ['PORT', 'DATABASE_URL'] },
};
