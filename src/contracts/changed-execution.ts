import { HiveMindError } from '../domain/errors.ts';
import type { Execution } from '../domain/execution.ts';
import { executionRecord } from './records.ts';

/**
 * An execution with some of its fields changed; `undefined` clears a field.
 * @throws {HiveMindError} InternalError: it would not be an execution any more, for instance with settings of another workflow
 */
export function changedExecution(known: Execution, change: Readonly<Record<string, unknown>>): Execution {
  const parsed = executionRecord.safeParse({ ...known, ...change });
  if (parsed.success) return parsed.data;
  throw new HiveMindError(
    'InternalError',
    `the change does not fit the execution ${known.id}, a ${known.workflow}: ${parsed.error.message}`,
    { hint: 'report this: HiveMind made a change that it could not read back', cause: parsed.error },
  );
}
