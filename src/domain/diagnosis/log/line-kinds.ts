/** Words of a line that may have to do with a failure; lines without one are kept only around those that have one. */
const CANDIDATE =
  /err|fail|fatal|denied|deny|refused|cannot|can't|can ?not|could ?n[o']|unable|not |n't|missing|invalid|exception|panic|time|kill|exceed|exist|unsupported|mismatch|require|expire|forbid|unauthori|warn|throttl|limit|conflict|unhealthy|status|reason|abort|crash|listen|running|started|localhost|127\.0\.0\.1|health|rollback|pending|lock|root|version|engine|unknown|undefined|unresolved|no such|too |space|memory|signal|disconnect|reset|incompatible|corrupt|deprecat|quota|capacity|credential|certificate|caa|prevent|drift|progress|updates|changes|in use|in sync|being|must|need|E[A-Z]{4,}|\b[45]\d\d\b|✖|❌|×|\^M/i;

/** Lines that tools write all the time while nothing is wrong, or that only show how far they are. */
const NOISE =
  /^\s{0,8}(?:npm (?:http|sill|verb|timing|notice)\b(?! (?:40|50)\d)|Collecting |Downloading |Downloaded |Using cached |Requirement already satisfied|Get:\d|Selecting previously|Unpacking |Setting up |Preparing to unpack|Receiving objects|Resolving deltas|Compressing objects|Counting objects|remote: (?:Counting|Compressing|Enumerating)|Progress: |[⠀-⣿]\s{0,2}\S{0,40}$|\[[=#>. -]{4,}\]|\d{1,3}%[ |]|[.·=-]{3,}$)/;

/** Says that something failed, and not what. */
const SAYS_NOTHING =
  /exit(?:ed)?(?: with)?(?: exit)? (?:code|status):? ?[12]\b|A complete log of this run|This is probably not a problem with npm|There is likely additional logging|code ELIFECYCLE|errno [12]$|Command failed|command failed|info Visit https|Process completed with exit code|returned a non-zero code: 1\b|ERR_PNPM_RECURSIVE|did not complete successfully|additional logging output|To see the full stack trace|re-run Maven|Exit status [12]$|Failed at the \S{1,200} script/i;

const ERROR =
  /\berr(?:or|!)|fatal|exception|panic|denied|refused|failed|failure|cannot|could not|unable to|not found|✖|❌|\bE[A-Z]{4,}\b/i;

const WARNING =
  /^W: |^[^\w]{0,6}(?:\d{1,3}[^\w]{1,3})?(?:npm|gyp|yarn|pnpm)?\s{0,2}\[?(?:warn(?:ing)?s?|debug|trace|deprecated|notice|verbose)\b(?! (?:treated|as) )/i;

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
export const isWarning = (line: string): boolean => WARNING.test(line);
/** Whether the line reports an error that means something. */
export const isError = (line: string): boolean =>
  ERROR.test(line.replace(HARMLESS, '')) &&
  !saysNothing(line) &&
  !isWarning(line) &&
  !isNoise(line) &&
  !isPassedTest(line);
/** Whether the line names a test that passed. */
export const isPassedTest = (line: string): boolean => PASSED.test(line);
