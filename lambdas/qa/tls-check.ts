import { isLoopback } from '../../src/domain/loopback.ts';
import type { CheckResult, VerificationCheck } from '../../src/domain/verification.ts';
import type { TlsProbeAnswer } from '../../src/ports/probe.ts';
import type { QaPorts } from './ports.ts';
import type { WebSubject } from './subject.ts';

const TIMEOUT_MILLISECONDS = 5_000;
const DAY_MILLISECONDS = 86_400_000;
/** A certificate that renews itself has done so long before. */
const SOON_DAYS = 14;

/** Whether the address of the release is encrypted, with a certificate that its users accept. */
export async function tlsCheck(ports: QaPorts, { url }: WebSubject): Promise<VerificationCheck> {
  const { protocol, hostname, port } = new URL(url);
  const check = { id: 'tls', title: 'TLS certificate' };
  if (protocol === 'http:') return { ...check, ...withoutTls(hostname), milliseconds: null };
  const outcome = await ports.probe.tls(hostname, port === '' ? 443 : Number(port), TIMEOUT_MILLISECONDS);
  if (!outcome.reached) {
    return { ...check, result: 'fail', evidence: outcome.reason, milliseconds: outcome.milliseconds };
  }
  const { answer } = outcome;
  return {
    ...check,
    ...judged(answer, Date.parse(ports.clock.now())),
    milliseconds: answer.milliseconds,
  };
}

const withoutTls = (host: string): { readonly result: CheckResult; readonly evidence: string } =>
  isLoopback(host)
    ? { result: 'not-applicable', evidence: 'http:// on the loopback interface has no certificate' }
    : {
        result: 'warn',
        evidence:
          'the listener has no certificate: what its users send and read crosses the network in the clear',
      };

function judged(
  { protocol, subject, validTo, authorized, reason }: TlsProbeAnswer,
  now: number,
): { readonly result: CheckResult; readonly evidence: string } {
  const evidence = `${protocol}, certificate of ${subject}, valid until ${validTo.slice(0, 10)}`;
  const daysLeft = (Date.parse(validTo) - now) / DAY_MILLISECONDS;
  if (daysLeft < 0) return { result: 'fail', evidence: `${evidence}: it has expired` };
  if (!authorized)
    return { result: 'warn', evidence: `${evidence}: ${reason ?? 'browsers do not accept it'}` };
  if (daysLeft < SOON_DAYS) {
    return { result: 'warn', evidence: `${evidence}: it expires in ${Math.floor(daysLeft)} days` };
  }
  return { result: 'pass', evidence };
}
