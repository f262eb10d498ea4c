import { randomUUID } from 'node:crypto';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { awsErrorName, awsFailure } from '../aws-failure.ts';
import type { ItemTable } from './items.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Reasons of a cancelled transaction that say nothing against its contents. */
const PASSING_REASONS = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
const CONDITION_REASON = 'ConditionalCheckFailed';

/**
 * Executes all writes, or none. By the token, the SDK's repetition of one whose answer was lost is no second one for ten minutes.
 * @param what completes "could not ...": `record the deployment shop`
 * @returns the places of the writes whose condition failed: none when all were executed; undefined when other writers were in the way
 */
export async function writtenTogether(
  { client }: ItemTable,
  writes: readonly Write[],
  what: string,
): Promise<readonly number[] | undefined> {
  try {
    await client.send(
      new TransactWriteCommand({ TransactItems: [...writes], ClientRequestToken: randomUUID() }),
    );
    return [];
  } catch (error) {
    const reasons = cancellationReasons(error);
    const known = ['None', CONDITION_REASON, ...PASSING_REASONS];
    if (!reasons.every((reason) => known.includes(reason))) throw awsFailure(error, what);
    if (reasons.some((reason) => PASSING_REASONS.includes(reason))) return undefined;
    const failed = reasons.flatMap((reason, place) => (reason === CONDITION_REASON ? [place] : []));
    if (failed.length === 0) throw awsFailure(error, what);
    return failed;
  }
}

function cancellationReasons(error: unknown): readonly string[] {
  if (awsErrorName(error) !== 'TransactionCanceledException') return [];
  const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  return reasons.map(({ Code }) => Code ?? 'None');
}
