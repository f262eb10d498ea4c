import { HiveMindError } from '../../../domain/errors.ts';
import { awsErrorName, awsFailure } from '../aws-failure.ts';

/**
 * A failed call that carried values. What the service itself says names none; any other error, such as that of a parser, may quote
 * the answer, and so neither its message nor the error itself is passed on.
 */
export function secretFailure(error: unknown, what: string): HiveMindError {
  const { code, message, hint } = awsFailure(error, what);
  const saidByService =
    typeof error === 'object' && error !== null && '$fault' in error && '$metadata' in error;
  if (saidByService && !(error instanceof SyntaxError)) return new HiveMindError(code, message, { hint });
  return new HiveMindError(code, `could not ${what}: ${awsErrorName(error) ?? 'the answer cannot be read'}`, {
    hint,
  });
}
