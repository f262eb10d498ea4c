import { randomUUID } from 'node:crypto';
import { INSTANCE_PROGRAM, INSTANCE_VERBS, type InstanceVerb } from '../../src/contracts/instance-program.ts';
import type { Fate, ProxiedCall } from './proxy.ts';

export interface InstanceOrder {
  readonly instanceId: string;
  readonly verb: InstanceVerb;
  /** Parsed by the shape of the verb. */
  readonly payload: unknown;
}

export interface StandInOptions {
  /** What the instance program prints; an exception is a program that fails. */
  readonly answer: (order: InstanceOrder) => Promise<object> | object;
  /** Instances that Systems Manager does not know. */
  readonly unmanaged?: (instanceId: string) => boolean;
}

/**
 * Stands in for the Systems Manager agents of instances: the emulator records commands and runs none. For `openProxy`; undefined
 * for a call that is not about commands.
 */
export function instanceStandIn({ answer, unmanaged = () => false }: StandInOptions) {
  const commands = new Map<string, Map<string, object>>();
  const orders: InstanceOrder[] = [];

  const send = ({ InstanceIds, Parameters }: SentCommand): Fate => {
    if (InstanceIds.some(unmanaged)) return failure('InvalidInstanceId');
    const verb = INSTANCE_VERBS.find((name) => name === Parameters.verb[0]) ?? 'status';
    const json = Buffer.from(Parameters.payload[0] ?? '', 'base64url').toString() || '{}';
    const payload = INSTANCE_PROGRAM[verb].payload.parse(JSON.parse(json));
    const CommandId = randomUUID();
    const invocations = new Map<string, object>();
    commands.set(CommandId, invocations);
    for (const instanceId of InstanceIds) {
      const order = { instanceId, verb, payload };
      orders.push(order);
      void executed(order, answer).then((invocation) => invocations.set(instanceId, invocation));
    }
    return json200({ Command: { CommandId, InstanceIds } });
  };

  const look = ({ CommandId, InstanceId }: AskedInvocation): Fate => {
    const invocations = commands.get(CommandId);
    if (!invocations) return failure('InvalidCommandId');
    return json200(
      invocations.get(InstanceId) ?? {
        Status: 'InProgress',
        StatusDetails: 'InProgress',
        CommandId,
        InstanceId,
      },
    );
  };

  return {
    /** Everything that instances were told. */
    orders: orders as readonly InstanceOrder[],
    decide: ({ service, action, body }: ProxiedCall): Fate | undefined => {
      if (service !== 'ssm') return undefined;
      if (action === 'SendCommand') return send(JSON.parse(body));
      if (action === 'GetCommandInvocation') return look(JSON.parse(body));
      return undefined;
    },
  };
}

interface SentCommand {
  readonly InstanceIds: readonly string[];
  readonly Parameters: { readonly verb: readonly string[]; readonly payload: readonly string[] };
}

interface AskedInvocation {
  readonly CommandId: string;
  readonly InstanceId: string;
}

async function executed(order: InstanceOrder, answer: StandInOptions['answer']): Promise<object> {
  try {
    const printed = JSON.stringify(await answer(order));
    return { Status: 'Success', StatusDetails: 'Success', ResponseCode: 0, StandardOutputContent: printed };
  } catch (error) {
    const printed = JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
    return { Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 1, StandardOutputContent: printed };
  }
}

const json200 = (body: object): Fate => ({ status: 200, body: JSON.stringify(body) });
const failure = (name: string): Fate => ({
  status: 400,
  body: JSON.stringify({ __type: name, message: `${name} (served by the test)` }),
});
