import * as z from 'zod';
import type { ModelFailure } from '../../../domain/models/model-call.ts';
import { type CallFailure, failed } from './call-failure.ts';
import { retryAfterMilliseconds } from './retry-after.ts';

const headers = z
  .union([
    z.instanceof(Headers).transform((them) => Object.fromEntries(them)),
    z.record(z.string(), z.unknown()),
  ])
  .transform((them) => {
    const found = Object.entries(them).find(([name]) => name.toLowerCase() === 'retry-after');
    return typeof found?.[1] === 'string' ? found[1] : undefined;
  })
  .optional()
  .catch(undefined);

/** What the SDKs of the providers tell about an error: AWS by `$metadata` and `$response`, the others by `status` and `headers`. */
const providerError = z.object({
  name: z.string().catch(''),
  message: z.string().catch(''),
  code: z.string().catch(''),
  status: z.number().optional().catch(undefined),
  headers,
  $metadata: z.object({ httpStatusCode: z.number().optional() }).optional().catch(undefined),
  $response: z.object({ headers }).optional().catch(undefined),
  cause: z.unknown().optional(),
});

/** By the name of the exception, as Bedrock and Strands call it. */
const BY_NAME: Readonly<Record<string, ModelFailure>> = {
  ContextWindowOverflowError: 'prompt-too-long',
  ModelThrottledError: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  ServiceQuotaExceededException: 'throttled',
  ModelNotReadyException: 'unavailable',
  ServiceUnavailableException: 'unavailable',
  InternalServerException: 'unavailable',
  InternalFailure: 'unavailable',
  ModelErrorException: 'unavailable',
  ModelStreamErrorException: 'interrupted',
  ModelTimeoutException: 'timeout',
  ResourceNotFoundException: 'model-not-found',
  AccessDeniedException: 'access-denied',
  CredentialsProviderError: 'not-signed-in',
  TokenProviderError: 'not-signed-in',
  UnrecognizedClientException: 'not-signed-in',
  ExpiredTokenException: 'not-signed-in',
  ExpiredToken: 'not-signed-in',
  InvalidSignatureException: 'not-signed-in',
  IncompleteSignatureException: 'not-signed-in',
  MissingAuthenticationTokenException: 'not-signed-in',
};

const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const BROKE_OFF =
  /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE|ERR_HTTP2_.*|ERR_SSL_.*)$/;
const BROKE_OFF_NAMES = /^(APIConnectionError|Http2Error)$/;
const TOOK_TOO_LONG = /^(ETIMEDOUT|UND_ERR_.*TIMEOUT|TimeoutError|APIConnectionTimeoutError)$/;

/** https://repost.aws/knowledge-center/bedrock-on-demand-throughput-not-supported */
const NEEDS_PROFILE = /on-demand throughput isn.?t supported|inference profile/i;
const UNKNOWN_MODEL = /model identifier is invalid|model.*(not found|does not exist)/i;
const TOO_LONG = /too long|too many (input |total )?(tokens|text bytes)|context (length|window|limit)/i;

type ProviderError = z.infer<typeof providerError>;

/**
 * What an exception of a provider's SDK means.
 * @returns undefined for one that is none of theirs
 */
export function providerFailure(error: unknown, nowIso: string): CallFailure | undefined {
  const known = providerError.safeParse(error);
  if (!known.success) return undefined;
  const reason = reasonOf(known.data);
  if (reason === undefined) return causeOf(known.data, nowIso);
  const header = known.data.$response?.headers ?? known.data.headers ?? headerOfCause(known.data);
  return failed(reason, {
    retryAfterMilliseconds: retryAfterMilliseconds(header, nowIso),
    ...billing(known.data),
    // A quota of the account does not fill up again while somebody waits.
    ...(known.data.name === 'ServiceQuotaExceededException' && { isRetryable: false }),
  }).failure;
}

function reasonOf(error: ProviderError): ModelFailure | undefined {
  // In the middle of a stream Bedrock begins it with a small letter, and the SDK does not know all of them.
  const name = `${error.name.charAt(0).toUpperCase()}${error.name.slice(1)}`;
  const named = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (named !== undefined) return named;
  if (TOOK_TOO_LONG.test(error.name) || TOOK_TOO_LONG.test(error.code)) return 'timeout';
  if (NEVER_SENT.test(error.code) || NEVER_SENT.test(codeOfCause(error))) return 'unavailable';
  if (BROKE_OFF.test(error.code) || BROKE_OFF_NAMES.test(error.name)) return 'interrupted';
  if (isUnreadable(error)) return 'interrupted';
  return byStatus(statusOf(error), error.message);
}

/** The SDK of AWS had sent a request, and what it read was no whole answer: half of its JSON, or nothing at all. */
const isUnreadable = ({ $metadata }: ProviderError): boolean =>
  $metadata !== undefined && ($metadata.httpStatusCode ?? 200) < 300;

function byStatus(status: number | undefined, message: string): ModelFailure | undefined {
  if (status === undefined) return undefined;
  if (status === 429) return 'throttled';
  if (status === 408) return 'timeout';
  if (status === 401) return 'not-signed-in';
  if (status === 403) return 'access-denied';
  if (status === 404) return 'model-not-found';
  if (status >= 500) return 'unavailable';
  return status >= 400 ? refusedInput(message) : undefined;
}

function refusedInput(message: string): ModelFailure {
  if (NEEDS_PROFILE.test(message)) return 'needs-inference-profile';
  if (UNKNOWN_MODEL.test(message)) return 'model-not-found';
  return TOO_LONG.test(message) ? 'prompt-too-long' : 'invalid-request';
}

const statusOf = (error: ProviderError) => error.$metadata?.httpStatusCode ?? error.status;

/** A request that was answered by a status of failure costs nothing; an answer that broke off may cost what was written of it. */
function billing(error: ProviderError): Partial<CallFailure> {
  const status = statusOf(error);
  return status !== undefined && status >= 400 ? { mayBeBilled: false } : {};
}

/** HTTP/2 cancels the streams of a connection that never came to be, and says only beneath what was wrong. */
const codeOfCause = ({ cause }: ProviderError): string => providerError.safeParse(cause).data?.code ?? '';

function headerOfCause({ cause }: ProviderError): string | undefined {
  const inner = providerError.safeParse(cause).data;
  return inner?.$response?.headers ?? inner?.headers;
}

const causeOf = ({ cause }: ProviderError, nowIso: string) =>
  cause === undefined || cause === null ? undefined : providerFailure(cause, nowIso);
