import type { DatabaseSubject, Probe, ProbeOutcome } from '../../ports/probe.ts';
import { networkProbe } from '../anywhere/probe.ts';
import { membersOf } from './instance-commands/fleet.ts';
import { callInstances } from './instance-commands/instance-program-call.ts';
import type { Fleet } from './instance-commands.ts';

/** What Systems Manager takes on top of the time of the probe itself. */
const DELIVERY_SECONDS = 6;

/** The network is looked at from here; a database is in reach of its application only, so an instance looks at it. */
export const awsProbe = (fleet: Fleet): Probe => ({
  ...networkProbe,
  sql: (database, timeoutMilliseconds) => probeDatabase(fleet, database, timeoutMilliseconds),
});

/** The instance reads the secret it was given itself: no credentials are sent to it. */
export async function probeDatabase(
  fleet: Fleet,
  { computeStack }: DatabaseSubject,
  timeoutMilliseconds: number,
): Promise<ProbeOutcome<{ readonly serverVersion: string; readonly milliseconds: number }>> {
  const started = performance.now();
  const unreached = (reason: string) =>
    ({ reached: false, reason, milliseconds: Math.round(performance.now() - started) }) as const;
  const member = (await membersOf(fleet, computeStack)).find(({ inService }) => inService);
  if (member === undefined) return unreached('there is no running instance to ask it from');
  const replies = await callInstances(
    fleet,
    'probe-database',
    [member.id],
    { timeoutMilliseconds },
    { patienceSeconds: timeoutMilliseconds / 1_000 + DELIVERY_SECONDS },
  );
  const reply = replies.get(member.id);
  if (reply?.kind !== 'answer') {
    return unreached(`the instance ${member.id} could not ask it: ${reply?.reason ?? 'no answer'}`);
  }
  const { answer } = reply;
  return answer.reached
    ? { reached: true, answer: { serverVersion: answer.serverVersion, milliseconds: answer.milliseconds } }
    : answer;
}
