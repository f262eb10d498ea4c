import { type ErrorCode, HiveMindError, systemErrorCode } from '../../domain/errors.ts';

/** Names under which services say the same thing. */
const CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/, 'CredentialsExpired'],
  [
    /^(CredentialsProviderError|UnrecognizedClientException|InvalidClientTokenId|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure|MissingAuthenticationToken)$/,
    'NotSignedIn',
  ],
  [
    /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized|AuthorizationError(Exception)?|Forbidden)$/,
    'AccessDenied',
  ],
  [
    /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled|RequestThrottledException|EC2ThrottledException|TooManyRequestsException|RequestLimitExceeded|BandwidthLimitExceeded|PriorRequestNotComplete|ProvisionedThroughputExceededException|SlowDown|TransactionInProgressException|TransactionConflictException)$/,
    'Throttled',
  ],
  [
    /(LimitExceeded|QuotaExceeded|TooMany(?!Requests)|ResourceLimit|InstanceLimit|MaximumNumber)/,
    'QuotaExceeded',
  ],
  [
    // The last three: something else is being done to it, and will have been.
    /^(TimeoutError|RequestTimeout|RequestTimeoutException|ServiceUnavailable|ServiceUnavailableException|InternalFailure|InternalServerError|InternalServerException|InternalError|InternalServiceError|NetworkingError|ECONNRESET|ECONNREFUSED|ENOTFOUND|EPIPE|ETIMEDOUT|ScalingActivityInProgress|ScalingActivityInProgressFault|OperationAbortedException)$/,
    'AwsUnavailable',
  ],
];

const HINTS: Partial<Record<ErrorCode, string>> = {
  CredentialsExpired: 'sign in again (for instance `aws sso login`) and run the command again',
  NotSignedIn: 'sign in to AWS first: `hivemind doctor --target aws` says which credentials are found',
  AccessDenied: 'ask whoever manages the account for this permission: docs/aws.md lists what HiveMind needs',
  Throttled: 'run the command again in a minute: the account makes more calls than AWS allows at once',
  QuotaExceeded: 'raise the quota in the Service Quotas console, or remove what is not needed any more',
  AwsUnavailable: 'run the command again: finished stages are not repeated',
};

/**
 * An exception of the AWS SDK as a domain error.
 * @param what completes "could not ...": `create the stack "shop-abc234-network"`
 */
export function awsFailure(error: unknown, what: string): HiveMindError {
  if (error instanceof HiveMindError) return error;
  const name = awsErrorName(error) ?? '';
  const code = CODES.find(([names]) => names.test(name))?.[1] ?? codeByStatus(error);
  const message = error instanceof Error ? error.message : String(error);
  return new HiveMindError(
    code ?? 'AwsRefused',
    `could not ${what}: ${name === '' ? '' : `${name}: `}${message}`,
    {
      hint: (code && HINTS[code]) ?? 'run the command again; when it stays, look at the message of AWS above',
      cause: error,
    },
  );
}

/** The service's own name of a failure, also of one that was turned into a domain error. */
export function awsErrorName(error: unknown): string | undefined {
  if (error instanceof HiveMindError)
    return error.cause === undefined ? undefined : awsErrorName(error.cause);
  // Errors of Node's own streams need not be of this realm, so that `instanceof` says little.
  if (typeof error !== 'object' || error === null || !('name' in error)) return undefined;
  const { name } = error;
  if (typeof name !== 'string') return undefined;
  return name === 'Error' ? (systemErrorCode(error) ?? name) : name;
}

/** A failure without a name that is known still has a status. */
function codeByStatus(error: unknown): ErrorCode | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { $fault, $metadata } = error as { $fault?: unknown; $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === 429) return 'Throttled';
  return $fault === 'server' || ($metadata?.httpStatusCode ?? 0) >= 500 ? 'AwsUnavailable' : undefined;
}

/** Resolves with the call's answer; what it throws is a domain error. `what` completes "could not ...". */
export async function asked<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw awsFailure(error, what);
  }
}

/** The call's answer, or undefined when it fails with one of these names of the service. */
export async function askedUnless<T>(
  call: Promise<T>,
  names: readonly string[],
  what: string,
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (names.includes(awsErrorName(error) ?? '')) return undefined;
    throw awsFailure(error, what);
  }
}
