import type { VerificationCheck } from '../../src/domain/verification.ts';
import type { QaPorts } from './ports.ts';
import type { Subject } from './subject.ts';

const TIMEOUT_MILLISECONDS = 5_000;

export async function databaseCheck(ports: QaPorts, secret: string): Promise<VerificationCheck> {
  const outcome = await ports.probe.sql(secret, TIMEOUT_MILLISECONDS);
  return {
    id: 'database',
    title: 'the database answers with the credentials of the application',
    result: outcome.reached ? 'pass' : 'fail',
    evidence: outcome.reached ? `PostgreSQL ${outcome.answer.serverVersion}` : outcome.reason,
    milliseconds: outcome.reached ? outcome.answer.milliseconds : outcome.milliseconds,
  };
}

/** All processes run, and none had to be started again. */
export async function processesCheck(ports: QaPorts, subject: Subject): Promise<VerificationCheck> {
  const instances = await ports.instances.list(subject.stack);
  const down = instances.filter(({ state }) => state !== 'running');
  const restarted = instances.filter(({ restarts }) => restarts > 0);
  return {
    id: 'processes',
    title: 'every process is running',
    result: down.length > 0 || instances.length === 0 ? 'fail' : restarted.length > 0 ? 'warn' : 'pass',
    evidence:
      down.length > 0
        ? down.map(({ id, process, state }) => `${process} ${id} is ${state}`).join(', ')
        : `${instances.map(({ process, id, restarts }) => `${process} ${id}${restarts > 0 ? ` (${restarts} restarts)` : ''}`).join(', ')}`,
    milliseconds: null,
  };
}
