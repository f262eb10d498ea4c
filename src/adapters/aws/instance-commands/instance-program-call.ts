import { GetCommandInvocationCommand, SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type * as z from 'zod';
import {
  encodeInstancePayload,
  INSTANCE_PROGRAM,
  type InstanceAnswer,
  type InstancePayload,
  type InstanceVerb,
  instanceErrorShape,
} from '../../../contracts/instance-program.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import { jsonOrUndefined } from '../../../domain/json.ts';
import { singleLine } from '../../../domain/plain-text.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import { askedUnless } from '../aws-failure.ts';

/** The one way to an instance: the control plane's own Systems Manager document. Nothing else is ever run there. */
export interface InstanceChannel {
  readonly ssm: SSMClient;
  /** Name of the document. */
  readonly instanceDocument: string;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** `silent`: it did not answer in time, or Systems Manager does not reach it. `refusal`: it cannot do what it was told. */
export type InstanceReply<Verb extends InstanceVerb> =
  | { readonly kind: 'answer'; readonly answer: InstanceAnswer<Verb> }
  | { readonly kind: 'silent' | 'refusal'; readonly reason: string };
type Replies<Verb extends InstanceVerb> = ReadonlyMap<string, InstanceReply<Verb>>;

/** What Systems Manager takes on top of the time that a command itself waits. */
export const DELIVERY_SECONDS = 4;
/** A command that was not delivered by then is dropped, so that it does not surprise anybody later. The least there is. */
const DELIVERY_TIMEOUT_SECONDS = 30;
const FIRST_LOOK_MILLISECONDS = 150;
const LONGEST_PAUSE_MILLISECONDS = 1_500;
/** How Systems Manager says that it does not know an instance (yet), or not any more. */
const UNMANAGED = ['InvalidInstanceId'];
/** Right after the command was accepted. */
const NOT_VISIBLE_YET = ['InvocationDoesNotExist', 'InvalidCommandId'];

/**
 * Says one thing to these instances and gathers what they answer until patience has run out.
 * @throws {HiveMindError} Cancelled, and what AWS refuses
 */
export async function callInstances<Verb extends InstanceVerb>(
  channel: InstanceChannel,
  verb: Verb,
  instanceIds: readonly string[],
  payload: InstancePayload<Verb>,
  patience: Patience,
): Promise<Replies<Verb>> {
  if (instanceIds.length === 0) return new Map();
  const commandId = await send(channel, verb, instanceIds, payload);
  if (commandId !== undefined) return gather(channel, verb, commandId, instanceIds, patience);
  const [only, ...others] = instanceIds;
  if (only !== undefined && others.length === 0) {
    return new Map([[only, { kind: 'silent', reason: 'Systems Manager does not reach it' }]]);
  }
  // One that is not there makes the whole command fail, so each is asked by itself.
  const single = await Promise.all(
    instanceIds.map((id) => callInstances(channel, verb, [id], payload, patience)),
  );
  return new Map(single.flatMap((replies) => [...replies]));
}

/** Undefined when Systems Manager does not know one of the instances. */
async function send<Verb extends InstanceVerb>(
  { ssm, instanceDocument }: InstanceChannel,
  verb: Verb,
  instanceIds: readonly string[],
  payload: InstancePayload<Verb>,
): Promise<string | undefined> {
  const sent = await askedUnless(
    ssm.send(
      new SendCommandCommand({
        DocumentName: instanceDocument,
        InstanceIds: [...instanceIds],
        Parameters: { verb: [verb], payload: [encodeInstancePayload<Verb>(payload)] },
        TimeoutSeconds: DELIVERY_TIMEOUT_SECONDS,
      }),
    ),
    UNMANAGED,
    `send "${verb}" to ${instanceIds.join(', ')}`,
  );
  return sent?.Command?.CommandId;
}

async function gather<Verb extends InstanceVerb>(
  channel: InstanceChannel,
  verb: Verb,
  commandId: string,
  instanceIds: readonly string[],
  { patienceSeconds, signal }: Patience,
): Promise<Replies<Verb>> {
  const deadline = performance.now() + patienceSeconds * 1_000;
  const replies = new Map<string, InstanceReply<Verb>>();
  let pause = FIRST_LOOK_MILLISECONDS;
  for (;;) {
    await channel.clock.sleep(pause, signal);
    if (signal?.aborted) throw commandCancelled(verb, signal);
    const waiting = instanceIds.filter((id) => !replies.has(id));
    const found = await Promise.all(waiting.map((id) => replyOf(channel, verb, commandId, id)));
    for (const [index, id] of waiting.entries()) {
      const reply = found[index];
      if (reply) replies.set(id, reply);
    }
    if (replies.size === instanceIds.length) return replies;
    if (performance.now() >= deadline) break;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
  }
  for (const id of instanceIds) {
    if (!replies.has(id)) replies.set(id, { kind: 'silent', reason: 'it has not answered in time' });
  }
  return replies;
}

/** Undefined while the command is on its way or being executed. */
async function replyOf<Verb extends InstanceVerb>(
  { ssm }: InstanceChannel,
  verb: Verb,
  commandId: string,
  instanceId: string,
): Promise<InstanceReply<Verb> | undefined> {
  const invocation = await askedUnless(
    ssm.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId })),
    NOT_VISIBLE_YET,
    `read the answer of ${instanceId}`,
  );
  switch (invocation?.Status) {
    case undefined:
    case 'Pending':
    case 'InProgress':
    case 'Delayed':
    case 'Cancelling':
      return undefined;
    case 'Success':
      return readAnswer(verb, invocation.StandardOutputContent ?? '');
    case 'Failed':
      return failedReply(invocation);
    default:
      return { kind: 'silent', reason: `Systems Manager says: ${invocation?.StatusDetails ?? 'no answer'}` };
  }
}

function readAnswer<Verb extends InstanceVerb>(verb: Verb, text: string): InstanceReply<Verb> {
  const shape = INSTANCE_PROGRAM[verb].answer as unknown as z.ZodType<InstanceAnswer<Verb>>;
  const parsed = shape.safeParse(jsonOrUndefined(text));
  return parsed.success
    ? { kind: 'answer', answer: parsed.data }
    : { kind: 'refusal', reason: `its answer cannot be read: "${singleLine(text).slice(0, 200)}"` };
}

/** `Undeliverable` and `Terminated` are failures to Systems Manager; the instance has not said anything. */
function failedReply({
  StatusDetails = '',
  StandardOutputContent = '',
  StandardErrorContent = '',
}: {
  readonly StatusDetails?: string | undefined;
  readonly StandardOutputContent?: string | undefined;
  readonly StandardErrorContent?: string | undefined;
}): { readonly kind: 'silent' | 'refusal'; readonly reason: string } {
  if (/undeliverable|terminated|timed ?out/i.test(StatusDetails)) {
    return { kind: 'silent', reason: `Systems Manager says: ${StatusDetails}` };
  }
  const told = instanceErrorShape.safeParse(jsonOrUndefined(StandardOutputContent)).data?.error;
  const reason = told ?? (StandardErrorContent || StandardOutputContent || StatusDetails);
  return { kind: 'refusal', reason: singleLine(reason).slice(-500) };
}

const commandCancelled = (verb: InstanceVerb, signal: AbortSignal): HiveMindError =>
  signal.reason instanceof HiveMindError
    ? signal.reason
    : new HiveMindError('Cancelled', `"${verb}" on the instances was cancelled`, {
        hint: 'run the deploy again to repeat it',
        cause: signal.reason,
      });

/** The answer, for a caller that cannot go on without it. @throws {HiveMindError} AwsRefused, AwsUnavailable */
export function requireAnswer<Verb extends InstanceVerb>(
  verb: Verb,
  instanceId: string,
  reply: InstanceReply<Verb> | undefined,
): InstanceAnswer<Verb> {
  if (reply?.kind === 'answer') return reply.answer;
  const reason = reply?.reason ?? 'it was not asked';
  if (reply?.kind === 'refusal') {
    throw new HiveMindError('AwsRefused', `the instance "${instanceId}" refused "${verb}": ${reason}`, {
      hint: 'deploy again, which replaces the instance; its own log is in `hivemind logs`',
    });
  }
  throw new HiveMindError('AwsUnavailable', `the instance "${instanceId}" did not do "${verb}": ${reason}`, {
    hint: 'run the command again: finished stages are not repeated',
  });
}
