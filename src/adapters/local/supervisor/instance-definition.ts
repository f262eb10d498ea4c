import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../domain/json.ts';
import type { Command } from '../../../domain/plan.ts';
import type { InstanceDefinition } from './instance-record.ts';

/** The instances of one compute stack. */
export interface InstancesSpec {
  readonly deploymentId: string;
  readonly artifact: string;
  /** Folder of the application inside the artifact: `.` or a relative path. */
  readonly root: string;
  readonly processes: readonly {
    readonly name: string;
    readonly command: Command;
    readonly exposed: boolean;
    readonly count: number;
  }[];
  /** References of secrets whose names are environment variables. */
  readonly environmentSecret: string | null;
  readonly databaseSecret: string | null;
  /** Environment variables that tell the application about itself, such as HIVEMIND_RELEASE and HIVEMIND_COMMIT. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folders with the programs of the build, first in the PATH: another version of the runtime, a package manager. */
  readonly programDirectories: readonly string[];
}

/** Main process first, in the order of the specification. */
export function definitionsOf(stack: string, spec: InstancesSpec): readonly InstanceDefinition[] {
  const { processes, ...shared } = spec;
  return processes.flatMap(({ name, command, exposed, count }) =>
    Array.from({ length: count }, (_, index) => ({
      ...shared,
      variables: { ...shared.variables },
      programDirectories: [...shared.programDirectories],
      command: command.kind === 'argv' ? { ...command, argv: [...command.argv] } : command,
      id: instanceId(stack, name, index),
      stack,
      process: name,
      exposed,
    })),
  );
}

export const isSameDefinition = (a: InstanceDefinition, b: InstanceDefinition): boolean =>
  canonicalJson(a) === canonicalJson(b);

/** The same for the same place in the same stack, so that creating twice makes one. */
function instanceId(stack: string, process: string, index: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([stack, process, index]))
    .digest('hex');
  return `i-${digest.slice(0, 10)}`;
}
