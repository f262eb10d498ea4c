import type { Phase, Signature } from './signature.ts';
import type { Risk } from './taxonomy/action.ts';
import { CAUSES, type CauseId } from './taxonomy/causes.ts';

/** What only logs of AWS name: services, ids of resources, actions of IAM, words of its errors. */
const TRACES: readonly RegExp[] = [
  /\baws|amazon|\barn:|CloudFormation|CodeBuild|Service Quotas|\b(?:EC2|RDS|IAM|ECS|ECR|SSM|ELB|ALB|VPC|EBS|AMI|STS|CDK)\b/i,
  /HandlerErrorCode|\(Service: |calling the \w{1,60} operation|LimitExceeded|(?:CREATE|UPDATE|DELETE)_FAILED/,
  /\bm?(?:i|sg|subnet|vpc|ami|eni|igw|rtb|nat|vol|snap)-[0-9a-f]{3,}/,
  /\b[a-z0-9-]{2,30}:(?:Describe|Create|Put|Get|List|Delete|Update|Run|Pass|Start)[A-Z]/,
  /\bboto(?:3|core)?(?:\.exceptions?\b|\/\w)|\bS3(?:ResponseError|Exception|Client)\b|\bRequestTimeTooSkewed\b|\$(?:fault|metadata)['"]?: |@smithy\b|status code: \d{3}, request id: |operation error [A-Z]\w{1,40}: \w{1,60}, https response error/,
  /\blambda\b|Task timed out after [\d.]{1,10} seconds|\blog ?(?:group|stream)\b|security group|availability zone|private subnet/i,
];
const FAMILIES: ReadonlySet<string> = new Set(['cloudformation', 'aws_capacity_and_config', 'access']);
/** Where nothing but the cloud can fail. */
const PHASES_OF_AWS: ReadonlySet<Phase | undefined> = new Set<Phase>(['provision', 'secure', 'cleanup']);

export const speaksOfAws = (text: string): boolean => TRACES.some((trace) => trace.test(text));

/** Tools that keep stacks, locks and states of their own. */
const OTHER_STACKS =
  /\bpulumi\b|\bterraform\b|\bopentofu\b|\btofu\b|\bhelm\b|\bkubectl\b|\bterragrunt\b|docker stack|\bUPGRADE FAILED\b/i;
const OF_STACKS: ReadonlySet<CauseId> = new Set<CauseId>([
  'no_changes',
  'stack_busy',
  'stack_rollback_complete',
  'stack_update_rollback_failed',
  'template_invalid',
]);
const CLOUDFORMATION =
  /CloudFormation|AWS::|arn:aws|(?:CREATE|UPDATE|DELETE|ROLLBACK|REVIEW|IMPORT)_(?:FAILED|COMPLETE|IN_PROGRESS)|ValidationError|change ?set|HandlerErrorCode|CAPABILITY_|\bcdk\b/i;

/** Whether the log speaks of the stacks of another tool, and not of those that HiveMind makes. */
export const isOfOtherStacks = (text: string): boolean =>
  OTHER_STACKS.test(text) && !CLOUDFORMATION.test(text);

/**
 * Whether a cause of AWS is seen in a log that names nothing of AWS: words such as "quota" and "template" mean other things
 * elsewhere. Where AWS is the target that is enough for a safe fix, never for one that needs approval.
 */
export function isOutOfContext(
  { cause }: Signature,
  risk: Risk,
  { phase, target }: { readonly phase: Phase | undefined; readonly target: 'aws' | 'local' | undefined },
  log: { readonly isOfAws: boolean; readonly isOfOtherStacks: boolean },
): boolean {
  if (log.isOfOtherStacks && OF_STACKS.has(cause)) return true;
  const isCauseOfAws = FAMILIES.has(CAUSES[cause].family) || cause === 'api_throttled';
  if (log.isOfAws || !isCauseOfAws || PHASES_OF_AWS.has(phase)) return false;
  return risk === 'needs-approval' || (risk === 'safe' && target !== 'aws');
}
