import { createHash } from 'node:crypto';
import { HiveMindError } from '../../../domain/errors.ts';
import { canonicalJson } from '../../../domain/json.ts';
import type { Command } from '../../../domain/plan.ts';
import type { InstanceDefinition, InstanceRecord } from './instance-record.ts';

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
    readonly port?: number | undefined;
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
  return processes.flatMap(({ name, command, exposed, port, count }) =>
    Array.from({ length: count }, (_, index) => ({
      ...shared,
      variables: { ...shared.variables },
      programDirectories: [...shared.programDirectories],
      command: command.kind === 'argv' ? { ...command, argv: [...command.argv] } : command,
      id: instanceId(stack, name, index),
      stack,
      process: name,
      exposed,
      ...(port !== undefined && { port }),
    })),
  );
}

/** Whether an instance is as defined and has all its files. */
export const isComplete = ({ definition, incomplete }: InstanceRecord, wanted: InstanceDefinition): boolean =>
  !incomplete && canonicalJson(definition) === canonicalJson(wanted);

/** The same instance with what another release says of its process. @throws {HiveMindError} InvalidInput: it has no such process */
export function redefined(
  { id, stack, process, exposed }: InstanceDefinition,
  spec: InstancesSpec,
): InstanceDefinition {
  const same = definitionsOf(stack, spec).find(
    (definition) => definition.id === id && definition.exposed === exposed,
  );
  if (same) return same;
  throw new HiveMindError(
    'InvalidInput',
    `the release has no process "${process}" like that of the instance "${id}"`,
    {
      hint: 'update without --rolling: that makes new instances',
    },
  );
}

/** The same for the same place in the same stack, so that creating twice makes one. */
function instanceId(stack: string, process: string, index: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([stack, process, index]))
    .digest('hex');
  return `i-${digest.slice(0, 10)}`;
}
