import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { InstancePayload } from '../../contracts/instance-program.ts';
import { HiveMindError } from '../../domain/errors.ts';
import type { Command } from '../../domain/plan.ts';
import type { CommandResult, Instance, InstanceCommands } from '../../ports/instance-commands.ts';
import type { Patience } from '../../ports/stack-engine.ts';
import { asked } from './aws-failure.ts';
import { instanceView, membersOf, requireMembers } from './instance-commands/fleet.ts';
import {
  callInstances,
  DELIVERY_SECONDS,
  type InstanceChannel,
  type InstanceReply,
  requireAnswer,
} from './instance-commands/instance-program-call.ts';

/**
 * What reaches the instances of compute stacks, through Systems Manager: no address, port or key is needed for it. Installing a release is
 * apart (`instance-commands/install.ts`), because it brings the client of S3 with it.
 */
export interface Fleet extends InstanceChannel {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
}

/** All but installing, which is loaded apart. */
export const commandsOn = (fleet: Fleet): Omit<InstanceCommands, 'install'> => ({
  list: (stack) => listInstances(fleet, stack),
  start: (ids) => startInstances(fleet, ids),
  stop: (ids) => stopInstances(fleet, ids),
  run: (id, command, options) => runOnInstance(fleet, id, command, options),
  firstExit: (ids, options) => firstExit(fleet, ids, options),
  listeningPorts: (id) => listeningPorts(fleet, id),
  logTail: (id, lines) => instanceLogTail(fleet, id, lines),
});

/** A command takes one to two seconds through Systems Manager; past this an instance counts as silent. */
const ANSWER_SECONDS = 6;
/** Processes may take their grace time to end. */
const STOP_SECONDS = 40;
const PAUSE_BETWEEN_LOOKS_MILLISECONDS = 500;
const MAX_LOG_LINES = 200;

/** One entry for each EC2 instance. What its processes do is its own word; when it is silent, `unconfirmed` says so. */
export async function listInstances(fleet: Fleet, stack: string): Promise<readonly Instance[]> {
  const members = await membersOf(fleet, stack);
  const asking = members.filter(({ inService }) => inService).map(({ id }) => id);
  const replies = await callInstances(fleet, 'status', asking, {}, { patienceSeconds: ANSWER_SECONDS });
  return members.map((member) => instanceView(member, replies.get(member.id)));
}

/**
 * Writes down that the application should run, which an instance that boots later obeys, and then tells those that are there.
 * One that has booted and does not answer yet has missed both: the next call tells it.
 */
async function startInstances(
  fleet: Pick<Fleet, 'ec2' | keyof InstanceChannel>,
  instanceIds: readonly string[],
): Promise<void> {
  await setRunState(fleet, instanceIds, 'started');
  const replies = await callInstances(fleet, 'start', instanceIds, {}, { patienceSeconds: ANSWER_SECONDS });
  for (const [id, reply] of replies) if (reply.kind === 'refusal') requireAnswer('start', id, reply);
}

/** @throws {HiveMindError} InstanceNotFound; AwsUnavailable: an instance does not answer, so that it may still run */
async function stopInstances(
  fleet: Pick<Fleet, 'ec2' | keyof InstanceChannel>,
  instanceIds: readonly string[],
): Promise<void> {
  await setRunState(fleet, instanceIds, 'stopped');
  const replies = await callInstances(fleet, 'stop', instanceIds, {}, { patienceSeconds: STOP_SECONDS });
  for (const [id, reply] of replies) requireAnswer('stop', id, reply);
}

/** @throws {HiveMindError} InstanceNotFound */
async function setRunState(
  { ec2, ssm }: Pick<Fleet, 'ec2' | 'ssm'>,
  instanceIds: readonly string[],
  state: 'started' | 'stopped',
): Promise<void> {
  const members = await requireMembers(ec2, instanceIds);
  const stacks = new Set([...members.values()].map(({ stack }) => stack));
  for (const stack of stacks) {
    await asked(
      ssm.send(
        new PutParameterCommand({
          Name: `/hivemind/${stack}/run-state`,
          Value: state,
          Type: 'String',
          Overwrite: true,
        }),
      ),
      `write down that "${stack}" is ${state}`,
    );
  }
}

/**
 * The instance knows the token: a call that comes while the command runs, or afterwards, joins it. An abort ends the waiting; the
 * command ends at the latest with the instance.
 */
async function runOnInstance(
  fleet: Pick<Fleet, 'ec2' | keyof InstanceChannel>,
  instanceId: string,
  command: Command,
  options: Patience & { readonly token: string; readonly timeoutSeconds: number },
): Promise<CommandResult | undefined> {
  await requireMembers(fleet.ec2, [instanceId]);
  const { token, timeoutSeconds, patienceSeconds, signal } = options;
  const replies = await callInstances(
    fleet,
    'run',
    [instanceId],
    { command: spoken(command), timeoutSeconds, token, patienceSeconds: Math.min(patienceSeconds, 600) },
    { patienceSeconds: patienceSeconds + DELIVERY_SECONDS, ...(signal && { signal }) },
  );
  const reply = replies.get(instanceId);
  if (reply?.kind === 'silent') return undefined;
  const answer = requireAnswer('run', instanceId, reply);
  if (!answer.finished) return undefined;
  const { exitCode, signal: endedBy, timedOut, logTail } = answer;
  if (timedOut) throw commandTimedOut(timeoutSeconds, logTail);
  return { exitCode, signal: endedBy, logTail };
}

/** The same, in a form that may be serialized. */
const spoken = (command: Command): InstancePayload<'run'>['command'] =>
  command.kind === 'argv' ? { ...command, argv: [...command.argv] } : command;

const commandTimedOut = (seconds: number, logTail: readonly string[]): HiveMindError =>
  new HiveMindError('StageTimedOut', `the command did not end within ${seconds} s`, {
    hint: 'see in its last log lines what it waits for; a command that runs once has to end by itself',
    logTail,
  });

/** Asks again and again until a process has exited by itself or patience has run out; at least once. */
async function firstExit(
  fleet: Pick<Fleet, 'ec2' | keyof InstanceChannel>,
  instanceIds: readonly string[],
  { patienceSeconds, signal }: { readonly patienceSeconds: number; readonly signal?: AbortSignal },
): Promise<Instance | undefined> {
  const deadline = performance.now() + patienceSeconds * 1_000;
  while (!signal?.aborted) {
    const exited = await exitedNow(fleet, instanceIds, signal);
    if (exited || performance.now() >= deadline) return exited;
    await fleet.clock.sleep(PAUSE_BETWEEN_LOOKS_MILLISECONDS, signal);
  }
  return undefined;
}

async function exitedNow(
  fleet: Pick<Fleet, 'ec2' | keyof InstanceChannel>,
  instanceIds: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Instance | undefined> {
  const patience = { patienceSeconds: ANSWER_SECONDS, ...(signal && { signal }) };
  const replies = await callInstances(fleet, 'status', instanceIds, {}, patience).catch((error: unknown) => {
    if (signal?.aborted) return new Map<string, InstanceReply<'status'>>();
    throw error;
  });
  for (const [id, reply] of replies) {
    const exited = reply.kind === 'answer' ? reply.answer.processes.find(hasExited) : undefined;
    if (exited === undefined) continue;
    const member = (await requireMembers(fleet.ec2, [id])).get(id);
    if (member) return instanceView(member, { kind: 'answer', answer: { processes: [exited] } });
  }
  return undefined;
}

/** A process that was told to stop has not exited by itself. */
const hasExited = ({ lastExit, state }: { readonly lastExit: unknown; readonly state: string }): boolean =>
  lastExit !== null && state !== 'stopped';

/** Empty also when the instance does not answer. */
async function listeningPorts(channel: InstanceChannel, instanceId: string): Promise<readonly number[]> {
  const replies = await callInstances(
    channel,
    'ports',
    [instanceId],
    {},
    { patienceSeconds: ANSWER_SECONDS },
  );
  const reply = replies.get(instanceId);
  return reply?.kind === 'answer' ? reply.answer.ports : [];
}

/** Empty also when the instance does not answer. */
async function instanceLogTail(
  channel: InstanceChannel,
  instanceId: string,
  lines: number,
): Promise<readonly string[]> {
  const payload = { lines: Math.min(Math.max(1, lines), MAX_LOG_LINES) };
  const replies = await callInstances(channel, 'logs', [instanceId], payload, {
    patienceSeconds: ANSWER_SECONDS,
  });
  const reply = replies.get(instanceId);
  return reply?.kind === 'answer' ? reply.answer.lines : [];
}
