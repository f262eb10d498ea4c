import * as z from 'zod';
import { pushRecord } from '../contracts/push.ts';
import type { Deployment } from '../domain/deployment.ts';
import { EVENT_TYPES } from '../domain/events.ts';
import { singleLine } from '../domain/plain-text.ts';
import type { Push } from '../domain/push.ts';
import type { RecordPorts } from './ports.ts';

/** What became of a push for one deployment. */
export type PushDecision =
  | 'started'
  | 'queued'
  /** It came while everything was frozen, and is seen to afterwards. */
  | 'frozen'
  | 'repeated'
  | 'outdated'
  | 'live'
  | 'running'
  | 'refused';

/** The workflow engine did not take it: it is started when it is delivered again. */
export const NOT_STARTED = 'not-started';

/** Puts what became of a push into the history of the deployment, or of the execution that it waits for. */
export async function note<Decision extends PushDecision | typeof NOT_STARTED>(
  ports: Pick<RecordPorts, 'store'>,
  deployment: Pick<Deployment, 'id'>,
  push: Push,
  what: { readonly decision: Decision; readonly why: string; readonly executionId?: string },
): Promise<Decision> {
  const { decision, why, executionId = null } = what;
  const branch = singleLine(push.branch);
  await ports.store.appendEvent({
    deploymentId: deployment.id,
    executionId,
    actor: actorOf(push),
    type: 'decision',
    message: `push of ${push.commit.slice(0, 12)} to ${branch}: ${decision}: ${why}`,
    data: { decision, push: { ...push } },
  });
  return decision;
}

const pushData = z.object({ push: pushRecord, decision: z.string().optional() });

/** What the history says about pushes, oldest first. */
export async function notedPushes(
  ports: RecordPorts,
  of: { deploymentId: string } | { executionId: string },
) {
  const without = EVENT_TYPES.filter((type) => type !== 'decision' && type !== 'execution.started');
  const events = await ports.store.listEvents({ ...of, without });
  return events.flatMap(({ data }) => pushData.safeParse(data).data ?? []);
}

/**
 * The history of the execution is the queue: adding to it takes nothing away, whoever else adds at that moment. Of two pushes at the
 * same time the one that was queued later counts.
 */
export async function newestQueued(ports: RecordPorts, executionId: string): Promise<Push | undefined> {
  const noted = await notedPushes(ports, { executionId });
  return newestOf(noted.filter(({ decision }) => decision === 'queued'));
}

export const newestOf = (noted: readonly { readonly push: Push }[]): Push | undefined =>
  noted
    .map(({ push }) => push)
    .reduce<Push | undefined>((newest, push) => (newest && newest.at > push.at ? newest : push), undefined);

/** Whether a later push was seen to: whatever that deployed or found had this one in it. */
export async function isOutdated(ports: RecordPorts, deploymentId: string, push: Push): Promise<boolean> {
  const noted = await notedPushes(ports, { deploymentId });
  return noted.some((other) => other.decision !== 'refused' && other.push.at > push.at);
}

/** `octocat@github.com`, in the characters that the history takes for whoever asked. */
export function actorOf({ pusher, repository }: Push): string {
  const host = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^/:]+)/i.exec(repository)?.[1] ?? 'git';
  const name = pusher.replace(/[^\w.+-]+/g, '-').slice(0, 64);
  return `${name || 'unknown'}@${host.replace(/[^\w.-]/g, '-')}`;
}
