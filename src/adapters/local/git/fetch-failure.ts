import { type ErrorCode, HiveMindError } from '../../../domain/errors.ts';
import { GitFailure } from './git-process.ts';

interface Symptom {
  readonly sign: RegExp;
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint: string;
}

/** What git, curl and ssh say in the C locale; the first match counts. */
const SYMPTOMS: readonly Symptom[] = [
  {
    sign: /No space left on device|Disk quota exceeded/,
    code: 'DiskFull',
    what: 'there is no space left on the disk to fetch',
    hint: 'free some space (`hivemind doctor` shows how much there is and where), then run the command again',
  },
  {
    sign: /transport '.*' not allowed|protocol '.*' not supported|(?:Unsupported|Protocol) .*(?:not supported|disabled)/i,
    code: 'UnsafeSource',
    what: 'a redirect or a setting of git leads to a transport that is not allowed from',
    hint: 'name the address that it leads to, with https:// or ssh://',
  },
  {
    sign: /Host key verification failed/,
    code: 'SourceAccessDenied',
    what: 'ssh does not know the host key of',
    hint: 'connect once by hand (`ssh -T git@host`) and confirm the key, then run the command again',
  },
  {
    sign: /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied|Access denied|returned error: 40[13]|ERROR: Repository not found/i,
    code: 'SourceAccessDenied',
    what: 'there is no such repository, or no access to it:',
    hint: 'check the address; for a private repository set up a git credential helper or an ssh key, so that `git ls-remote` with it works without a question',
  },
  {
    sign: /mismatched algorithms/,
    code: 'NotARepository',
    what: 'the server has a repository with SHA-256 object ids, which cannot be fetched by its address:',
    hint: 'clone it, and deploy the folder of the clone',
  },
  {
    sign: /repository .* not found|not valid: is this a git repository|does not appear to be a git repository|not a git repository|invalid server response|protocol error|bad (?:line|pack)|returned error: 4\d\d|unexpected flush|does not support/i,
    code: 'NotARepository',
    what: 'the server answers, but there is no git repository at',
    hint: 'check the address: it is the one that `git clone` takes',
  },
  {
    sign: /SSL|TLS|certificate/,
    code: 'SourceUnreachable',
    what: 'no trusted connection can be made to',
    hint: 'check the certificate of the server and the certificate authorities that git uses (http.sslCAInfo)',
  },
];

const UNREACHABLE = {
  code: 'SourceUnreachable',
  what: 'git cannot reach',
  hint: 'check the address and the network (proxy, VPN), then run the command again',
} as const;

/** The reason why a fetch failed. @param errors what git wrote, without credentials */
export function fetchFailure(url: string, errors: string): HiveMindError {
  const { code, what, hint } = SYMPTOMS.find(({ sign }) => sign.test(errors)) ?? UNREACHABLE;
  const lines = errors.trim().split('\n');
  const why = lines.find((line) => /^(?:ssh|ERROR|fatal): /.test(line)) ?? lines.at(-1) ?? '';
  return new HiveMindError(code, `${what} ${url} (${why.replace(/^\w+: /, '')})`, {
    hint,
    logTail: lines.slice(-20),
    cause: new GitFailure(`git fetch failed: ${errors}`),
  });
}
