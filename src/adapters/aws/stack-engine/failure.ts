import type { FailureDetail } from '../../../domain/failure.ts';
import { causeOf } from './failure-causes.ts';
import type { Operation, ResourceEvent } from './operation.ts';

export type Verb = 'created' | 'changed' | 'removed';

/** What came of a resource that CloudFormation gave up because another one had failed. */
const CANCELLED = /\b(creation|update|deletion) cancelled\b/i;

/**
 * Why an operation failed: what failed first, because the rest is only its consequence.
 * @param verb what the stack could not be
 */
export function failureOf(name: string, verb: Verb, operation: Operation): FailureDetail {
  const cause = rootCause(operation);
  const reason = cause?.reason ?? '';
  const { code, hint } = causeOf(reason);
  return {
    code,
    message: `the stack "${name}" could not be ${verb}: ${cause ? described(cause) : 'AWS gives no reason'}`,
    hint,
    logTail: code === 'StartFailed' ? signalledLines(reason) : eventLines(operation),
  };
}

/** An update failed, and so did the return to what was before. */
export function stuckFailure(name: string, operation: Operation): FailureDetail {
  const last = operation.failures.filter(({ reason }) => !CANCELLED.test(reason)).at(-1);
  const because = last ? described(last) : 'AWS gives no reason';
  return {
    code: 'StackStuck',
    message: `the stack "${name}" can neither be changed nor go back to what it was: ${because}`,
    hint: `mend what AWS says above, then continue the rollback: \`aws cloudformation continue-update-rollback --stack-name ${name}\`, with --resources-to-skip for what cannot be mended; then run the command again`,
    logTail: eventLines(operation),
  };
}

const MOST_EVENT_LINES = 20;

/** What CloudFormation wrote down about the failure, oldest first, as its console shows it; last how the stack is now. */
export const eventLines = ({ failures, stackEvents }: Operation): readonly string[] =>
  [...failures.slice(0, MOST_EVENT_LINES - 1), ...stackEvents.slice(0, 1)].map(
    ({ status, type, logicalId, reason }) =>
      [status, type, logicalId, ...(reason === '' ? [] : [readable(reason)])].join(' | '),
  );

function rootCause({ failures, stackEvents }: Operation): ResourceEvent | undefined {
  return (
    failures.find(({ reason }) => reason !== '' && !CANCELLED.test(reason)) ??
    stackEvents.find(({ status, reason }) => reason !== '' && /FAILED|ROLLBACK/.test(status)) ??
    failures[0]
  );
}

/** `Vpc (AWS::EC2::VPC): The maximum number of VPCs has been reached.` */
export const described = ({ logicalId, type, reason }: ResourceEvent): string =>
  type === 'AWS::CloudFormation::Stack' ? readable(reason) : `${logicalId} (${type}): ${readable(reason)}`;

/** Without the wrapping of resource handlers and the numbers that only AWS support can look up. */
const readable = (reason: string): string =>
  reason
    .replace(/ ?\(RequestToken: [^)]*\)/g, '')
    .replace(/ ?\(Service: [^)]*\)/g, '')
    .replace(/^Resource handler returned message: "(.*)"$/s, '$1')
    .trim() || 'AWS gives no reason';

/** The lines that a failed start has put into its signal: `WaitCondition received failed message: '…' for uniqueId: i-…`. */
function signalledLines(reason: string): readonly string[] {
  const text = /received failed message: '(.*)' for uniqueId/s.exec(reason)?.[1] ?? '';
  return text.split(/\r?\n|\\n/).filter((line) => line.trim() !== '');
}
