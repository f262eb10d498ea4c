import type { FixParameters } from './fix-parameters.ts';
import type { Phase } from './signature.ts';
import type { ActionId } from './taxonomy/actions.ts';

/** What a fix can change at all. */
interface Reach {
  /** A parameter that the log has to name, and what it looks like. */
  readonly needs?: readonly [name: string, shape: RegExp];
  /** Words of a line that speaks of something else than what the fix changes. */
  readonly beyond?: RegExp;
  /** Where the fix is for something that is there; elsewhere the application speaks of something of its own. */
  readonly phases?: readonly Phase[];
}

/** Where the stack is made, changed or removed. */
const OF_THE_STACK: readonly Phase[] = ['recon', 'compile', 'provision', 'deploy', 'secure', 'cleanup'];

const WITHIN: Partial<Readonly<Record<ActionId, Reach>>> = {
  add_dependency: { needs: ['module', /^[@\w]/] },
  change_build_command: { needs: ['script', /\w/] },
  fix_exec_bit: { needs: ['file', /\w/] },
  // The directories of the application, never those of the system.
  fix_file_permissions: {
    beyond:
      /(?<![\w.-])\/(?:dev|proc|sys|boot|lib\/modules|(?:var\/)?run\/postgresql)\/|\bkvm\b|kernel module|MEMLOCK|\brlimit|(?<!\/)\bnamespaces?\b|(?<!\/)\bsandbox\b|iptables|\bI\/O error\b|private key file/i,
  },
  // What a policy of IAM may allow, and no lock on the thing itself.
  grant_iam_permission: {
    beyond:
      /^(?![^\n]*not authorized to perform: \w+:)[^\n]*(?:object lock|legal hold|vault lock|retention (?:period|policy|mode))/i,
  },
  // Commands are written small: `MIT: not found` is what a shell says of a list that was not quoted. No dependency of a
  // project brings the package manager of a system, or the client of a cluster or cloud.
  include_dev_dependencies: {
    needs: [
      'tool',
      /^(?!(?:yum|dnf|microdnf|apt|apt-get|apt-key|add-apt-repository|apk|zypper|pacman|brew|choco|amazon-linux-extras|dpkg|rpm|snap|docker|docker-compose|podman|kubectl|helm|terraform|gcloud|az|doctl|service|supervisorctl)$)[a-z@./]/,
    ],
  },
  // The volume, and nothing that is kept in memory or has a limit of its own.
  increase_disk: {
    beyond: /shared memory|\/dev\/shm\/|MAP_FULL|maximum (?:file|database) size|tmpfs(?!\/)/i,
  },
  // A quota of the account, and no limit for one user of the application.
  request_quota_increase: { beyond: /attempt limit|per (?:user|session|minute|second)\b|after some time/i },
  // The memory of the machine, and no limit that a program sets itself.
  resize_instance: { beyond: /Allowed memory size|memory_limit|maxmemory|max_locks|WebAssembly/i },
  // A password, a policy and a filter say the same the next time.
  retry_with_backoff: {
    beyond:
      /\bHTTP code 40[137]\b|\b407 Proxy|Proxy Authentication Required|(?:blocked|denied|forbidden) by (?:the |your |an? )?(?:\w{1,20} )?(?:administrator|polic(?:y|ies)|firewall|filter|organi[sz]ation)/i,
  },
  // The certificate of a connection, and none that signs or that shows who a client is.
  repair_certificate: {
    beyond:
      /\bSAML\b|(?<![/.\w-])IdP\b(?!\.)|(?:code|document|package)[- ]?sign|signing certificate|\bAPNs?\b|provisioning profile|client certificate|certificate required|mutual TLS|\bmTLS\b|renegotiation|key too small|no shared cipher/i,
  },
  // Where the database is and who signs in, and not what belongs to whom in it.
  rewire_database_url: {
    beyond: /must be owner of|permission denied to (?:create|set|drop) (?:extension|role|parameter)/i,
  },
  // What the template says; a running application has parameters of its own.
  set_parameter: { phases: OF_THE_STACK },
  regenerate_template: { phases: OF_THE_STACK },
  // A model of the configured provider, and none that runs on the machine.
  switch_model: { beyond: /try pulling it|\bollama\b|\bgguf\b|safetensors|huggingface/i },
};

/** Whether a fix can change what the log speaks of: it is named, and of the kind and from the place that the fix is for. */
export function isWithinReach(
  fix: ActionId,
  parameters: FixParameters,
  line: string,
  phase: Phase | undefined,
): boolean {
  const { needs, beyond, phases } = WITHIN[fix] ?? {};
  if (needs !== undefined && !needs[1].test(String(parameters[needs[0]] ?? ''))) return false;
  if (phase !== undefined && phases?.includes(phase) === false) return false;
  return !(beyond?.test(line) ?? false);
}
