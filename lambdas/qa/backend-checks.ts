import type { VerificationCheck } from '../../src/domain/verification.ts';
import type { Instance } from '../../src/ports/instance-commands.ts';
import type { DatabaseSubject } from '../../src/ports/probe.ts';
import type { QaPorts } from './ports.ts';
import type { Subject } from './subject.ts';

const TIMEOUT_MILLISECONDS = 5_000;

export async function databaseCheck(ports: QaPorts, database: DatabaseSubject): Promise<VerificationCheck> {
  const outcome = await ports.probe.sql(database, TIMEOUT_MILLISECONDS);
  return {
    id: 'database',
    title: 'the database answers with the credentials of the application',
    result: outcome.reached ? 'pass' : 'fail',
    evidence: outcome.reached ? `PostgreSQL ${outcome.answer.serverVersion}` : outcome.reason,
    milliseconds: outcome.reached ? outcome.answer.milliseconds : outcome.milliseconds,
  };
}

/** All processes run, none had to be started again, and each instance has said so itself. */
export async function processesCheck(ports: QaPorts, subject: Subject): Promise<VerificationCheck> {
  const instances = await ports.instances.list(subject.stack);
  const down = instances.filter(({ state }) => state !== 'running');
  const doubtful = instances.some(({ restarts, unconfirmed }) => restarts > 0 || unconfirmed !== undefined);
  return {
    id: 'processes',
    title: 'every process is running',
    result: down.length > 0 || instances.length === 0 ? 'fail' : doubtful ? 'warn' : 'pass',
    evidence:
      down.length > 0
        ? down.map(({ id, process, state }) => `${process} ${id} is ${state}`).join(', ')
        : instances.map(instanceText).join(', '),
    milliseconds: null,
  };
}

function instanceText({ process, id, restarts, unconfirmed }: Instance): string {
  const remarks = [
    ...(restarts > 0 ? [`${restarts} restarts`] : []),
    ...(unconfirmed === undefined ? [] : [`not confirmed by the instance: ${unconfirmed}`]),
  ];
  return `${process} ${id}${remarks.length > 0 ? ` (${remarks.join('; ')})` : ''}`;
}
