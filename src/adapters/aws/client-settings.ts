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
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

/**
 * The SDK's standard mode retries throttling, 5xx and broken connections with jitter, out of a token budget shared by all calls
 * of a client. Eight attempts outlast the bursts of CloudFormation and Systems Manager; a longer storm is the workflow's to retry.
 */
const MAX_ATTEMPTS = 8;

export const clientSettings = (
  chosen: Partial<Pick<ClientSettings, 'region' | 'endpoint' | 'credentials'>> = {},
): ClientSettings => ({
  ...chosen,
  maxAttempts: MAX_ATTEMPTS,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000 },
});
