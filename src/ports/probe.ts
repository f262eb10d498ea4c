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

export interface DatabaseSubject {
  /** Reference of the secret with the credentials. */
  readonly secret: string;
  /** Compute stack of the application that uses the database. */
  readonly computeStack: string;
}

export interface TlsProbeAnswer {
  /** What was agreed on: `TLSv1.3`. */
  readonly protocol: string;
  /** Common name, or the first name that the certificate is for. */
  readonly subject: string;
  /** ISO time of the last moment at which the certificate is valid. */
  readonly validTo: string;
  /** Whether a browser would accept the certificate for this host. */
  readonly authorized: boolean;
  /** Why it would not, in words; null when it would. */
  readonly reason: string | null;
  readonly milliseconds: number;
}

/** Looks at a running application from outside. Redirects are reported, not followed; certificates are judged by `tls` alone. */
export interface Probe {
  http(request: HttpProbeRequest): Promise<ProbeOutcome<HttpProbeAnswer>>;
  /** Whether a WebSocket upgrade is accepted. */
  webSocket(request: HttpProbeRequest): Promise<ProbeOutcome<{ readonly milliseconds: number }>>;
  tcp(
    host: string,
    port: number,
    timeoutMilliseconds: number,
  ): Promise<ProbeOutcome<{ readonly milliseconds: number }>>;
  /** Shakes hands and reads the certificate, also one that nobody should trust. */
  tls(host: string, port: number, timeoutMilliseconds: number): Promise<ProbeOutcome<TlsProbeAnswer>>;
  /** Connects with the credentials in the secret and asks the server for its version, from where the application runs. */
  sql(
    database: DatabaseSubject,
    timeoutMilliseconds: number,
  ): Promise<ProbeOutcome<{ readonly serverVersion: string; readonly milliseconds: number }>>;
}
