import * as z from 'zod';
import { WORKFLOW_OUTCOMES } from '../../src/operations/settle-execution.ts';

/** First state of the deploy workflow, when it was started with an order instead of an execution on record. */
export const acceptTask = z.object({
  action: z.literal('accept'),
  /** `$$.Execution.Name` */
  executionName: z.string().regex(/^[\w-]{1,80}$/, 'not the name of an execution'),
  /** The input that was typed into the console. */
  order: z.unknown(),
});

/** What the schedule sends every five minutes. */
export const tendTask = z.object({ action: z.literal('tend') });

const eventFields = {
  id: z.string().min(1).max(200),
  time: z.iso.datetime({ offset: true }),
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export const endedEvent = z.object({
  ...eventFields,
  source: z.literal('aws.states'),
  detail: z.object({
    name: z.string().min(1),
    status: z.enum([...WORKFLOW_OUTCOMES, 'RUNNING', 'PENDING_REDRIVE']),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

const commitId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i, 'not the id of a commit');

/** What a webhook, a pipeline or a script puts on the event bus. */
export const gitPushEvent = z.object({
  ...eventFields,
  source: z.literal('hivemind.git'),
  detail: z.object({
    /** Address as for `hivemind deploy`, without a ref. */
    repository: z.string().min(1).max(2048),
    /** `refs/heads/main`, or `main`. */
    ref: z.string().min(1).max(1024),
    commit: commitId,
    pusher: z.string().max(256).default('unknown'),
    defaultBranch: z.string().min(1).max(1024).optional(),
    /** The forge's own id of what happened, when it has one: the same however often it is delivered. */
    delivery: z.string().min(1).max(200).optional(),
  }),
});

/** https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html */
export const codeCommitEvent = z.object({
  ...eventFields,
  source: z.literal('aws.codecommit'),
  region: z.string().regex(/^[a-z0-9-]{1,40}$/),
  detail: z.object({
    event: z.string(),
    repositoryName: z.string().regex(/^[\w.-]{1,100}$/),
    /** Absent where something else than a branch or a tag changed, such as a comment. */
    referenceType: z.string().optional(),
    referenceName: z.string().min(1).max(1024).optional(),
    /** Absent where a reference was deleted. */
    commitId: commitId.optional(),
    callerUserArn: z.string().max(2048).default('unknown'),
  }),
});

export const conductorEvent = z.union([
  z.discriminatedUnion('action', [acceptTask, tendTask]),
  z.discriminatedUnion('source', [endedEvent, gitPushEvent, codeCommitEvent]),
]);
export type ConductorEvent = z.infer<typeof conductorEvent>;
export type GitPushEvent = z.infer<typeof gitPushEvent>;
export type CodeCommitEvent = z.infer<typeof codeCommitEvent>;
