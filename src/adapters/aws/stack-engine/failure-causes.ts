import type { ErrorCode } from '../../../domain/errors.ts';

/** What a reason of AWS means. */
export interface Cause {
  readonly code: ErrorCode;
  readonly hint: string;
  /**
   * For how long launches of instances have to have failed like this until it is certain that the next one fails as well; without it, the
   * next one may go well.
   */
  readonly staysAfterMilliseconds?: number;
}

const STACK_FAILED = {
  code: 'StackFailed',
  hint: 'mend what AWS says above and run the command again: what exists already is kept',
} as const;

/** Rights that were just given, and what was just made, are known everywhere some seconds later. */
const KNOWN_EVERYWHERE_MILLISECONDS = 20_000;

/** By what AWS writes into the reason of an event or of a launch; the first that fits counts. */
const CAUSES: readonly (readonly [RegExp, Cause])[] = [
  [
    /FAILURE signal|received failed message|signals? (?:were|was) (?:received )?as FAILURE/i,
    {
      code: 'StartFailed',
      hint: 'mend what its last log lines say and deploy again; `hivemind logs` shows the rest of them',
    },
  ],
  [
    /Throttling|Rate exceeded|RequestLimitExceeded|Request limit exceeded|TooManyRequests/i,
    {
      code: 'Throttled',
      hint: 'run the command again in a minute: the account makes more calls than AWS allows at once',
    },
  ],
  [
    /LimitExceeded|QuotaExceeded|instance ?count ?exceeded|quota allows for|more instances .*than your current|\b(?:quota|limit) (?:of|for)\b.*\b(?:reached|exceeded)|maximum number of|vCPU (?:capacity|limit)|exceed(?:s|ed)? (?:the|your)[\w ]*(?:limit|quota)|TooMany/i,
    {
      code: 'QuotaExceeded',
      hint: 'raise the quota in the Service Quotas console, or remove what is not needed any more',
      staysAfterMilliseconds: 0,
    },
  ],
  [
    /Insufficient\w*Capacity|do(?:es)? not have (?:sufficient|enough) .*capacity|Capacity is unavailable|no Spot capacity/i,
    {
      code: 'StackFailed',
      hint: 'AWS has no free instances of this type in these zones now: deploy again later; when it stays, in another region, or in the other stage, whose instances are of another type',
    },
  ],
  [
    /AccessDenied|not authorized|UnauthorizedOperation|explicit deny|UnauthorizedTaggingOperation/i,
    {
      code: 'AccessDenied',
      hint: 'ask whoever manages the account for this permission: docs/aws.md lists what HiveMind needs',
      staysAfterMilliseconds: KNOWN_EVERYWHERE_MILLISECONDS,
    },
  ],
  [
    // This is all that AWS says when a disk cannot be encrypted.
    /Client error on launch|InvalidKMSKey/i,
    {
      code: 'AccessDenied',
      hint: 'new disks of this account are encrypted with a key that Auto Scaling may not use: let the role AWSServiceRoleForAutoScaling use it (its key policy), or choose another default key for EBS',
      staysAfterMilliseconds: KNOWN_EVERYWHERE_MILLISECONDS,
    },
  ],
  [
    /InvalidAMIID|\bimage id\b.*does not exist|\bAMI\b.*(?:does not exist|cannot be described)|architecture .*does not match|configuration is (?:currently )?not supported|Invalid value .*InstanceType/i,
    { ...STACK_FAILED, staysAfterMilliseconds: KNOWN_EVERYWHERE_MILLISECONDS },
  ],
  [
    // Last, because it only says what was waited for: another cause in the same reason is why it did not come.
    /Received 0 SUCCESS signal|Failed to receive \d+ resource signal|did not (?:become )?stabiliz?e|timed out waiting for|WaitCondition timed out/i,
    {
      code: 'StageTimedOut',
      hint: 'the log of the instances says how far they came: `hivemind logs`; then deploy again',
    },
  ],
];

export const causeOf = (reason: string): Cause =>
  CAUSES.find(([pattern]) => pattern.test(reason))?.[1] ?? STACK_FAILED;
