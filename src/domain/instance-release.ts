import type { Color } from './deployment.ts';
import type { ProcessType, RuntimeName } from './plan.ts';

/** All that an instance is told of the release it runs; values of secrets are not in it. */
export interface InstanceRelease {
  readonly color: Color;
  readonly number: number;
  readonly commit: string;
  readonly artifact: string;
  /** Folder of the application inside the artifact: `.` or a relative path. */
  readonly root: string;
  readonly runtime: RuntimeName;
  readonly processes: readonly (ProcessType & { readonly count: number })[];
  /** References of secrets whose names are environment variables. */
  readonly environmentSecret: string | null;
  readonly databaseSecret: string | null;
  /** Environment variables that are no secrets; the operator's own come first. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Whether the application is told where to send its traces. */
  readonly traces: boolean;
}

/** What instances cannot take over from another release: which processes they run, how many, and which of them have a port. */
export const shapeOf = ({ processes, databaseSecret }: InstanceRelease): string =>
  JSON.stringify([
    processes.map(({ name, exposed, count, port }) => [
      name,
      exposed,
      count,
      ...(port === undefined ? [] : [port]),
    ]),
    databaseSecret !== null,
  ]);
