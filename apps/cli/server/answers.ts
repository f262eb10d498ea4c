import type * as z from 'zod';
import { errorDocument } from '../../../src/contracts/deployment.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import { jsonOrUndefined } from '../../../src/domain/json.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';

export const isUnreachable = (error: unknown): error is HiveMindError =>
  error instanceof HiveMindError && error.code === 'ServerUnreachable';

export const unreachable = (cause: unknown): HiveMindError =>
  new HiveMindError('ServerUnreachable', 'the connection to the server broke', {
    hint: 'work that has started goes on in the background: "hivemind list" shows it, "hivemind doctor" the state of the server',
    cause,
  });

/** @throws {HiveMindError} InternalError: another version answers */
export function parsed<T>(shape: z.ZodType<T>, value: unknown, path: string): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue ? ` at "${issue.path.join('.')}": ${issue.message}` : '';
  throw otherVersion(`the answer to ${path} is not what this command line understands${singleLine(where)}`);
}

/** A document of a stream; a stream that fails ends with the error. @throws {HiveMindError} that error */
export function streamed<T>(shape: z.ZodType<T>, value: unknown, path: string): T {
  const failure = errorDocument.safeParse(value).data?.error;
  if (failure) throw new HiveMindError(failure.code, failure.message, failure);
  return parsed(shape, value, path);
}

/** What was said no with. */
export function refusal(status: number, text: string, request: string): HiveMindError {
  const document = errorDocument.safeParse(jsonOrUndefined(text));
  if (!document.success) return otherVersion(`the server answered ${request} with status ${status}`);
  const { code, message, hint } = document.data.error;
  return new HiveMindError(code, message, { hint });
}

const otherVersion = (message: string): HiveMindError =>
  new HiveMindError('InternalError', message, {
    hint: 'a server of another version may be running: stop it with "hivemind serve --stop" and run the command again; report it when that does not help',
  });
