export interface HttpProbeRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
}

export interface HttpProbeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** At most the first 64 KiB. */
  readonly body: string;
  readonly milliseconds: number;
}

export type ProbeOutcome<T> =
  | { readonly reached: true; readonly answer: T }
  | { readonly reached: false; readonly reason: string; readonly milliseconds: number };

/** Looks at a running application from outside. Redirects are reported, not followed. */
export interface Probe {
  http(request: HttpProbeRequest): Promise<ProbeOutcome<HttpProbeAnswer>>;
  /** Whether a WebSocket upgrade is accepted. */
  webSocket(request: HttpProbeRequest): Promise<ProbeOutcome<{ readonly milliseconds: number }>>;
  tcp(
    host: string,
    port: number,
    timeoutMilliseconds: number,
  ): Promise<ProbeOutcome<{ readonly milliseconds: number }>>;
  /** Runs `select 1` with the credentials in the secret. */
  sql(
    secret: string,
    timeoutMilliseconds: number,
  ): Promise<ProbeOutcome<{ readonly serverVersion: string; readonly milliseconds: number }>>;
}
