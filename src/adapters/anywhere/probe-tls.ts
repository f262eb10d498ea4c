import { isIP } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { printable } from '../../domain/deployment.ts';
import type { ProbeOutcome, TlsProbeAnswer } from '../../ports/probe.ts';
import { attempt, Unreached } from './probe-attempt.ts';

/** Shakes hands whatever the certificate is, because a bad one is what the caller wants to hear about. */
export const probeTls = (
  host: string,
  port: number,
  timeoutMilliseconds: number,
): Promise<ProbeOutcome<TlsProbeAnswer>> =>
  attempt(timeoutMilliseconds, async (signal) => {
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 && { servername: host }),
    });
    try {
      await handshake(socket, signal);
      return factsOf(socket);
    } finally {
      socket.destroy();
    }
  });

function handshake(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    // Stays: an error after the handshake says nothing about it.
    socket.on('error', reject);
    socket.once('close', () => reject(new Unreached('the connection was closed before an answer')));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function factsOf(socket: TLSSocket): Omit<TlsProbeAnswer, 'milliseconds'> {
  const certificate = socket.getPeerCertificate();
  const validTo = new Date(certificate.valid_to);
  if (Number.isNaN(validTo.getTime())) throw new Unreached('the server shows no certificate');
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    subject: subjectOf(certificate),
    validTo: validTo.toISOString(),
    authorized: socket.authorized,
    reason: socket.authorized ? null : reasonOf(socket.authorizationError),
  };
}

function subjectOf({ subject, subjectaltname }: PeerCertificate): string {
  const [name] = [subject?.CN].flat();
  const alternative = /DNS:([^,\s]+)/.exec(subjectaltname ?? '')?.[1];
  return printable(name ?? alternative ?? 'nobody').slice(0, 253);
}

const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'it is signed by an authority that nobody knows',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it is signed by an authority that nobody knows',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it is signed by an authority that nobody knows',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
};

/** Types say `Error`, but Node sets the code of the error, a string. */
function reasonOf(error: Error | string): string {
  const code = String(error);
  return REASONS[code] ?? printable(code);
}
