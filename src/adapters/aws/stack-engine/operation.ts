import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { asked } from '../aws-failure.ts';

/** What CloudFormation says about a resource, or about the stack itself. */
export interface ResourceEvent {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

/** The last thing that was done to a stack, as its events tell it. */
export interface Operation {
  /** Tokens of the calls that were part of it: an update, and the continuation of its rollback. */
  readonly tokens: ReadonlySet<string>;
  /** Failures of resources, oldest first. */
  readonly failures: readonly ResourceEvent[];
  /** What CloudFormation says about the stack as a whole, newest first. */
  readonly stackEvents: readonly ResourceEvent[];
  /** Ids of the instances that have signalled that they did not start. */
  readonly failedSignals: readonly string[];
  /** When it began, when the first resource failed, and when the last event happened, in milliseconds since 1970. */
  readonly beganAt: number;
  readonly failedAt: number | undefined;
  readonly lastEventAt: number;
}

/** A stack of ours has tens of resources: an operation that fills more pages than this is cut off. */
const MOST_PAGES = 20;

/** With these an operation begins; a rollback belongs to what it rolls back. */
const BEGINNINGS = ['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'IMPORT_IN_PROGRESS'];

const FAILED_SIGNAL = /FAILURE signal with UniqueId (i-[0-9a-f]+)/;

/** @param stack name or id; deleted stacks are known by id only */
export async function lastOperation(client: CloudFormationClient, stack: string): Promise<Operation> {
  const events = await eventsOfLastOperation(client, stack);
  const tokens = events.flatMap(({ ClientRequestToken }) => ClientRequestToken ?? []);
  const failures = events.filter(
    (event) => !isAboutStack(event) && event.ResourceStatus?.endsWith('_FAILED') === true,
  );
  return {
    tokens: new Set(tokens),
    failures: failures.map(resourceEvent).toReversed(),
    stackEvents: events.filter(isAboutStack).map(resourceEvent),
    failedSignals: events.flatMap(
      ({ ResourceStatusReason = '' }) => FAILED_SIGNAL.exec(ResourceStatusReason)?.[1] ?? [],
    ),
    beganAt: events.at(-1)?.Timestamp?.getTime() ?? 0,
    failedAt: failures.at(-1)?.Timestamp?.getTime(),
    lastEventAt: events[0]?.Timestamp?.getTime() ?? 0,
  };
}

/** Newest first, down to the one with which the operation began. */
async function eventsOfLastOperation(client: CloudFormationClient, stack: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await asked(
      client.send(new DescribeStackEventsCommand({ StackName: stack, ...(NextToken && { NextToken }) })),
      `read the events of the stack "${stack}"`,
    );
    for (const event of answer.StackEvents ?? []) {
      events.push(event);
      if (isAboutStack(event) && BEGINNINGS.includes(event.ResourceStatus ?? '')) return events;
    }
    NextToken = answer.NextToken;
    if (!NextToken) break;
  }
  return events;
}

const isAboutStack = ({ PhysicalResourceId, StackId }: StackEvent): boolean => PhysicalResourceId === StackId;

const resourceEvent = (event: StackEvent): ResourceEvent => ({
  logicalId: event.LogicalResourceId ?? '',
  physicalId: event.PhysicalResourceId ?? '',
  type: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  reason: event.ResourceStatusReason ?? '',
});
