/** An error as the service answers it: the name goes into `x-amzn-errortype`, the message into the body. */
export interface ServiceError {
  readonly name: string;
  readonly status: number;
  readonly message: string;
  /** Value of `Retry-After`: seconds, or a date of HTTP. */
  readonly retryAfter?: string;
}

const error = (name: string, status: number, message: string): ServiceError => ({ name, status, message });

export const validationError = (message: string): ServiceError => error('ValidationException', 400, message);

/** What the model itself objected to. */
export const modelComplaint = (message: string): ServiceError =>
  validationError(`The model returned the following errors: ${message}`);

/** Messages as operators have met them; the apostrophe of `needsInferenceProfile` is the service's own. */
export const SERVICE_ERRORS = {
  throttled: error(
    'ThrottlingException',
    429,
    'Too many requests, please wait before trying again. You have sent too many requests. Wait before trying again.',
  ),
  tooManyTokens: error(
    'ThrottlingException',
    429,
    'Too many tokens per day, please wait before trying again.',
  ),
  modelNotReady: error(
    'ModelNotReadyException',
    429,
    'The model is not ready to serve inference requests. Try your request again.',
  ),
  modelTimeout: error(
    'ModelTimeoutException',
    408,
    'Model has timed out in processing the request. Try your request again.',
  ),
  internal: error(
    'InternalServerException',
    500,
    'The system encountered an unexpected error during processing. Try your request again.',
  ),
  unavailable: error('ServiceUnavailableException', 503, 'Bedrock is unable to process your request.'),
  modelError: error(
    'ModelErrorException',
    424,
    'The system encountered an unexpected error during processing. Try your request again.',
  ),
  modelStreamError: error(
    'ModelStreamErrorException',
    424,
    'Model produced invalid sequence as part of ToolUse. Please refer to the model tool use troubleshooting guide.',
  ),
  invalidToolUse: error(
    'ModelErrorException',
    424,
    'Model produced invalid sequence as part of ToolUse. Please refer to the model tool use troubleshooting guide.',
  ),
  noAccess: error(
    'AccessDeniedException',
    403,
    "You don't have access to the model with the specified model ID.",
  ),
  notAllowed: error(
    'AccessDeniedException',
    403,
    'User: arn:aws:sts::111122223333:assumed-role/agent/agent is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:111122223333:inference-profile/model because no identity-based policy allows the bedrock:InvokeModel action',
  ),
  noPromptCaching: error(
    'AccessDeniedException',
    403,
    'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
  ),
  expiredToken: error('ExpiredTokenException', 403, 'The security token included in the request is expired'),
  unknownKey: error(
    'UnrecognizedClientException',
    403,
    'The security token included in the request is invalid.',
  ),
  unsigned: error('MissingAuthenticationTokenException', 403, 'Missing Authentication Token'),
  unknownModel: validationError('The provided model identifier is invalid.'),
  endOfLife: error(
    'ResourceNotFoundException',
    404,
    'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
  ),
  inputTooLong: modelComplaint('Input is too long for requested model.'),
  unknownOperation: error('UnknownOperationException', 404, 'Unable to determine service/operation name'),
} as const satisfies Record<string, ServiceError>;

export const needsInferenceProfile = (modelId: string): ServiceError =>
  validationError(
    `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
  );

/** Thrown where a request is judged; the server answers it. */
export class Refusal extends Error {
  readonly error: ServiceError;

  constructor(error: ServiceError) {
    super(error.message);
    this.name = 'Refusal';
    this.error = error;
  }
}
