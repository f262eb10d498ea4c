/** What every client of the AWS SDK is made with: `new S3Client(clientSettings())`. */
export interface ClientSettings {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly requestHandler: {
    /** Milliseconds. */
    readonly connectionTimeout: number;
    /** Milliseconds without a byte in either direction. */
    readonly socketTimeout: number;
    /** Milliseconds after which the SDK says on the console that all connections are in use. */
    readonly socketAcquisitionWarningTimeout: number;
  };
}

/**
 * The SDK's standard mode retries throttling, 5xx and broken connections with jitter, out of a token budget shared by all calls
 * of a client. Eight attempts outlast the bursts of CloudFormation and Systems Manager; a longer storm is the workflow's to retry.
 */
const MAX_ATTEMPTS = 8;

/**
 * A call that is not answered is made again after this silence. A limit on the whole request would end long uploads, and the SDK's
 * `requestTimeout` only warns. Services answer within seconds; a copy in S3, which takes longer, sends spaces meanwhile.
 */
const SILENCE_MILLISECONDS = 20_000;

export const clientSettings = (
  chosen: Partial<Pick<ClientSettings, 'region' | 'endpoint' | 'credentials'>> = {},
): ClientSettings => ({
  ...chosen,
  maxAttempts: MAX_ATTEMPTS,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 3_000,
    socketTimeout: SILENCE_MILLISECONDS,
    socketAcquisitionWarningTimeout: 60_000,
  },
});
