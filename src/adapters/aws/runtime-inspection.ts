import type { InstanceAnswer } from '../../contracts/instance-program.ts';
import type { RuntimeInspection, RuntimeObservation } from '../../ports/runtime-inspection.ts';
import { membersOf } from './instance-commands/fleet.ts';
import { callInstances } from './instance-commands/instance-program-call.ts';
import type { Fleet } from './instance-commands.ts';

/** Reading `/proc` of every process takes longer than a word. */
const ANSWER_SECONDS = 10;

/** Each instance looks at its own processes and files; it knows its secrets, so that none is sent to it. */
export const awsRuntimeInspection = (fleet: Fleet): RuntimeInspection => ({
  observe: (stack) => observeRuntime(fleet, stack),
});

/** What any of the instances shows counts; undefined when none of them runs anything or answers. */
export async function observeRuntime(fleet: Fleet, stack: string): Promise<RuntimeObservation | undefined> {
  const members = await membersOf(fleet, stack);
  const ids = members.filter(({ inService }) => inService).map(({ id }) => id);
  const replies = await callInstances(fleet, 'inspect', ids, {}, { patienceSeconds: ANSWER_SECONDS });
  const seen = [...replies].flatMap(([id, reply]) => {
    const observation = reply.kind === 'answer' ? reply.answer.observation : null;
    return observation === null ? [] : [{ id, observation }];
  });
  if (seen.length === 0) return undefined;
  return together(seen);
}

function together(
  seen: readonly {
    readonly id: string;
    readonly observation: NonNullable<InstanceAnswer<'inspect'>['observation']>;
  }[],
): RuntimeObservation {
  const all = seen.map(({ observation }) => observation);
  const names = (kind: 'present' | 'intended') => [
    ...new Set(all.flatMap(({ environmentNames }) => environmentNames[kind])),
  ];
  return {
    secretFileModes: seen.flatMap(({ id, observation }) =>
      observation.secretFileModes.map(({ file, mode }) => ({ file: `${id}:${file}`, mode })),
    ),
    processArgumentsHoldSecret: all.some(({ processArgumentsHoldSecret }) => processArgumentsHoldSecret),
    runsAsRoot: all.some(({ runsAsRoot }) => runsAsRoot),
    environmentNames: { present: names('present'), intended: names('intended') },
  };
}
