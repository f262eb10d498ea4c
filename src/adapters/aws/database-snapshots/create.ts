import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CreateDBSnapshotCommand, DeleteDBSnapshotCommand, type RDSClient } from '@aws-sdk/client-rds';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Snapshot } from '../../../ports/database-snapshots.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import { askedUnless } from '../aws-failure.ts';
import { type Look, lookUntilSettled, settled, underWay } from '../polling.ts';
import { type DescribedStack, deploymentOf, findStack } from '../stack-engine/described-stack.ts';
import { MANAGED_BY_TAG, shortDigest, TAG } from '../stack-engine/names.ts';
import { findSnapshot, SNAPSHOT_NOT_FOUND, snapshotOf } from './snapshot.ts';

export interface SnapshotFacts {
  readonly cloudFormation: CloudFormationClient;
  readonly rds: RDSClient;
  readonly clock: Clock;
}

/**
 * The snapshot is named after stack and token, so that a repetition finds it, also when the database has gone since.
 * @throws {HiveMindError} StackNotFound, SnapshotFailed
 */
export async function createSnapshot(
  facts: SnapshotFacts,
  { databaseStack, token }: { readonly databaseStack: string; readonly token: string },
  patience: Patience,
): Promise<Snapshot | undefined> {
  const id = `hivemind-${databaseStack}-${shortDigest(token)}`;
  try {
    return await lookUntilSettled(() => lookAt(facts, databaseStack, id), patience, facts.clock);
  } catch (error) {
    throw snapshotFailure(databaseStack, error);
  }
}

async function lookAt(
  facts: SnapshotFacts,
  databaseStack: string,
  id: string,
): Promise<Look<Snapshot | undefined>> {
  const snapshot = await findSnapshot(facts.rds, id);
  if (snapshot?.Status === 'available') return settled(snapshotOf(snapshot));
  if (!snapshot) {
    await start(facts, await databaseOf(facts, databaseStack), id);
  } else if (snapshot.Status === 'failed' || snapshot.Status?.startsWith('incompatible')) {
    // Out of the way of the next attempt with the same token.
    await askedUnless(
      facts.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id })),
      SNAPSHOT_NOT_FOUND,
      `remove the failed snapshot ${id}`,
    );
    throw new HiveMindError('SnapshotFailed', `RDS says that the snapshot ${id} is ${snapshot.Status}`, {
      hint: UNTOUCHED,
    });
  }
  return underWay(undefined);
}

/** @throws {HiveMindError} StackNotFound */
async function databaseOf({ cloudFormation }: SnapshotFacts, name: string): Promise<DescribedStack> {
  const stack = await findStack(cloudFormation, name);
  if (stack?.outputs['instanceId'] && deploymentOf(stack)) return stack;
  throw stackNotFound(name);
}

async function start({ rds }: SnapshotFacts, stack: DescribedStack, id: string): Promise<void> {
  const Tags = [
    { Key: TAG.deployment, Value: deploymentOf(stack) },
    { Key: TAG.blueprint, Value: 'database' },
    { ...MANAGED_BY_TAG },
  ];
  const instance = stack.outputs['instanceId'];
  try {
    await askedUnless(
      rds.send(
        new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: id, Tags }),
      ),
      // It is being made already, or the database is busy with something else: look again.
      [
        'DBSnapshotAlreadyExists',
        'DBSnapshotAlreadyExistsFault',
        'InvalidDBInstanceState',
        'InvalidDBInstanceStateFault',
      ],
      `take the snapshot ${id} of the database ${instance}`,
    );
  } catch (error) {
    if (error instanceof HiveMindError && /DBInstanceNotFound/.test(error.message))
      throw stackNotFound(stack.name);
    throw error;
  }
}

const stackNotFound = (name: string): HiveMindError =>
  new HiveMindError('StackNotFound', `there is no database ${name} to take a snapshot of`, {
    hint: 'run `hivemind status` to see what the deployment consists of',
  });

const UNTOUCHED =
  'the database is untouched: run the command again, or destroy the deployment without a snapshot';

/** What is not about this snapshot, such as expired credentials, keeps its own code. */
function snapshotFailure(databaseStack: string, error: unknown): HiveMindError {
  const { code, message, hint } = asHiveMindError(error);
  if (code !== 'AwsRefused' && code !== 'SnapshotFailed') return asHiveMindError(error);
  return new HiveMindError(
    'SnapshotFailed',
    `the snapshot of the database ${databaseStack} failed: ${message}`,
    {
      hint: code === 'SnapshotFailed' ? hint : UNTOUCHED,
      cause: error,
    },
  );
}
