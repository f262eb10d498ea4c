/** Joins alternatives of one kind to one expression. */
const anyOf = (flags: string, ...parts: readonly RegExp[]): RegExp =>
  new RegExp(parts.map(({ source }) => source).join('|'), flags);

const FAILING =
  /err|fail|fatal|denied|deny|refused|exception|panic|abort|crash|kill|conflict|corrupt|unhealthy|rollback|warn|deprecat/;
const NEGATED = /cannot|can't|can ?not|could ?n[o']|unable|not |n't|no such|missing|prevent/;
const WRONG =
  /invalid|mismatch|unsupported|incompatible|unknown|undefined|unresolved|forbid|unauthori|expire|drift|reason|status/;
const LIMITS = /limit|quota|capacity|throttl|exceed|memory|space|time|too /;
const WANTED = /require|must|need|credential|certificate|caa|version|engine|root|lock|in use|being|exist/;
const CONNECTIONS = /listen|localhost|127\.0\.0\.1|health|signal|disconnect|reset/;
const STATES = /running|started|pending|progress|updates|changes|in sync/;
const CODES = /E[A-Z]{4,}|\b[45]\d\d\b|✖|❌|×|\^M/;

/** Words of a line that may have to do with a failure; lines without one are kept only around those that have one. */
const CANDIDATE = anyOf('i', FAILING, NEGATED, WRONG, LIMITS, WANTED, CONNECTIONS, STATES, CODES);

const NPM_CHATTER = /npm (?:http|sill|verb|timing|notice)\b(?! (?:40|50)\d)/;
const PIP_CHATTER = /Collecting |Downloading |Downloaded |Using cached |Requirement already satisfied/;
const APT_CHATTER = /Get:\d|Selecting previously|Unpacking |Setting up |Preparing to unpack/;
const GIT_CHATTER =
  /Receiving objects|Resolving deltas|Compressing objects|Counting objects|remote: (?:Counting|Compressing|Enumerating)/;
const PROGRESS_BARS = /Progress: |[⠀-⣿]\s{0,2}\S{0,40}$|\[[=#>. -]{4,}\]|\d{1,3}%[ |]|[.·=-]{3,}$/;

/** Lines that tools write all the time while nothing is wrong, or that only show how far they are. */
const NOISE = new RegExp(
  `^\\s{0,8}(?:${anyOf('', NPM_CHATTER, PIP_CHATTER, APT_CHATTER, GIT_CHATTER, PROGRESS_BARS).source})`,
);

const EXIT_CODES =
  /exit(?:ed)?(?: with)?(?: exit)? (?:code|status):? ?[12]\b|Process completed with exit code|returned a non-zero code: 1\b|Exit status [12]$|errno [12]$/;
const FAILED_COMMANDS =
  /Command failed|code ELIFECYCLE|ERR_PNPM_RECURSIVE|did not complete successfully|Failed at the \S{1,200}(?: \S{1,40})? script/;
const WHERE_TO_LOOK =
  /A complete log of this run|This is probably not a problem with npm|There is likely additional logging|additional logging output|info Visit https|To see the full stack trace|re-run Maven/;

/** Says that something failed, and not what. */
const SAYS_NOTHING = anyOf('i', EXIT_CODES, FAILED_COMMANDS, WHERE_TO_LOOK);

const ERROR =
  /\berr(?:or|!)|fatal|exception|panic|denied|refused|failed|failure|cannot|could not|unable to|not found|\[(?:emerg|alert|crit)\]|✖|❌/i;
/** Names of errors of the system, such as `EACCES`. */
const ERRNO = /\bE[A-Z]{4,}\b/;

const WARNING =
  /^W: |^[^\w]{0,6}(?:\d{1,3}[^\w]{1,3})?(?:npm|gyp|yarn|pnpm)?\s{0,2}\[?(?:warn(?:ing)?s?|debug|trace|deprecated|notice|verbose)\b(?! (?:treated|as) )/i;

/** A warning of what no further attempt is made after. */
const GIVES_UP =
  /^(?!\W{0,6}npm\b)[^\n]{0,400}(?:\(reached max retries: \d{1,3}\)|\bgiving up after \d{1,4} (?:attempts|retries|tries)\b|\bretries (?:are |were )?exhausted\b)/i;

/**
 * Failures that some write as a record for debugging, and nowhere else: what a controller of resources was refused in the end, and that an
 * account may not do this at all, which no further attempt changes.
 */
const CARRIES_ERROR =
  /\bDEBUG\b[^\n]{0,400}"error": ?"async (?:create|update|delete) failed|\((?:PendingVerification|OptInRequired)\) when calling the /;

/** Kubernetes knows two kinds of events, normal ones and warnings: every failure is a warning. */
const FAILED_EVENT =
  /^\s{0,16}Warning\s{2,20}(?:Failed\w{0,30}|BackOff|Unhealthy|Evicted|OOMKilling|ErrImage\w{0,20}|InspectFailed)\s{2,20}\S/;

/** Words of failure in what is none: counts of zero, and the names of files, classes and tests. */
const HARMLESS =
  /\b(?:0|no|zero|without(?: any)?) (?:errors?|failures?|failed|failing|exceptions?|problems?|warnings?)\b|\b(?:errors?|failures?|failed)\b['"]?[:=] ?0\b|(?<![\w./-])[\w@./-]{0,160}(?:error|exception|fail|panic|denied|refused|notfound|fatal)[\w-]{0,60}\.(?:[cm]?[jt]sx?|css|vue|svelte|html|py|rb|go|rs|java|php|kt)\b/gi;

/** A test that passed, whatever its name says. */
const PASSED =
  /^\s{0,16}(?:[✓✔√]|PASS(?:ED)?\b|ok \d{1,6}\b)(?![^\n]{0,300}https?:)|\bPASSED\b\s{0,4}(?:\[\s{0,3}\d{1,3}%\])?$/;

/** Whether the line may belong to a failure. */
export const isCandidate = (line: string): boolean => CANDIDATE.test(line);
/** A progress bar may end in the word of the shell that killed what drew it. */
export const isNoise = (line: string): boolean => NOISE.test(line) && !/Killed\s{0,4}$/.test(line);
/** Whether the line says that something failed, but not what. */
export const saysNothing = (line: string): boolean => SAYS_NOTHING.test(line);
/** Whether the line is an event of Kubernetes that something failed. */
export const isFailedEvent = (line: string): boolean => FAILED_EVENT.test(line);
export const isWarning = (line: string): boolean =>
  WARNING.test(line) && !GIVES_UP.test(line) && !CARRIES_ERROR.test(line) && !isFailedEvent(line);
/** Whether the line reports an error that means something. */
export const isError = (line: string): boolean =>
  isNamed(line.replace(HARMLESS, '')) &&
  !saysNothing(line) &&
  !isWarning(line) &&
  !isNoise(line) &&
  !isPassedTest(line);
const isNamed = (line: string): boolean => ERROR.test(line) || ERRNO.test(line);
/** Whether the line names a test that passed. */
export const isPassedTest = (line: string): boolean => PASSED.test(line);
