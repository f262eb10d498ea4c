import { eventShape } from '../../../contracts/api.ts';
import type { HistoryEvent } from '../../../domain/events.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeploymentStore, Lock } from '../../../ports/deployment-store.ts';
import type { Statements } from './documents.ts';

const DEFAULT_EVENT_LIMIT = 10_000;

export const eventRecords = (
  statements: Statements,
  clock: Clock,
  onEvent: (event: HistoryEvent) => void,
): Pick<DeploymentStore, 'appendEvent' | 'listEvents'> => ({
  appendEvent: async (event) => {
    const time = clock.now();
    const row = statements.rows(
      `INSERT INTO events (deployment_id, execution_id, time, actor, type, message, data)
       VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING sequence`,
      event.deploymentId,
      event.executionId,
      time,
      event.actor,
      event.type,
      event.message,
      JSON.stringify(event.data),
    )[0];
    const kept = { ...event, time, sequence: Number(row?.['sequence']) };
    onEvent(kept);
    return kept;
  },
  listEvents: async ({ deploymentId, executionId, after, without = [], limit }) =>
    statements
      .rows(
        `SELECT sequence, deployment_id, execution_id, time, actor, type, message, data FROM events
         WHERE (?1 IS NULL OR deployment_id = ?1) AND (?2 IS NULL OR execution_id = ?2) AND sequence > ?3
           AND type NOT IN (SELECT value FROM json_each(?4))
         ORDER BY sequence LIMIT ?5`,
        deploymentId ?? null,
        executionId ?? null,
        after ?? 0,
        JSON.stringify(without),
        limit ?? DEFAULT_EVENT_LIMIT,
      )
      .map((row) =>
        eventShape.parse({
          sequence: row['sequence'],
          deploymentId: row['deployment_id'],
          executionId: row['execution_id'],
          time: row['time'],
          actor: row['actor'],
          type: row['type'],
          message: row['message'],
          data: JSON.parse(String(row['data'])),
        }),
      ),
});

/** Leases: a lock whose owner died is free again when its lease has run out. */
export function lockRecords(
  statements: Statements,
  clock: Clock,
): Pick<DeploymentStore, 'acquireLock' | 'releaseLock' | 'findLock'> {
  const now = (): number => Date.parse(clock.now());
  const find = (deploymentId: string): Lock | undefined => {
    const row = statements.rows(
      'SELECT owner, expires_at FROM locks WHERE deployment_id = ? AND expires_at > ?',
      deploymentId,
      now(),
    )[0];
    if (!row) return undefined;
    return {
      deploymentId,
      owner: String(row['owner']),
      expiresAt: new Date(Number(row['expires_at'])).toISOString(),
    };
  };
  return {
    acquireLock: async (deploymentId, owner, leaseSeconds) =>
      statements.transaction(() => {
        const held = find(deploymentId);
        if (held && held.owner !== owner) return held;
        statements.run(
          'INSERT OR REPLACE INTO locks (deployment_id, owner, expires_at) VALUES (?, ?, ?)',
          deploymentId,
          owner,
          now() + leaseSeconds * 1000,
        );
        return undefined;
      }),
    releaseLock: async (deploymentId, owner) =>
      statements.run('DELETE FROM locks WHERE deployment_id = ? AND owner = ?', deploymentId, owner),
    findLock: async (deploymentId) => find(deploymentId),
  };
}
