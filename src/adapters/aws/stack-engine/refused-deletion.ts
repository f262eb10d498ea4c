import { type CloudFormationClient, ListImportsCommand } from '@aws-sdk/client-cloudformation';
import { HiveMindError } from '../../../domain/errors.ts';
import { asked, awsErrorName } from '../aws-failure.ts';
import { isRecent, REMOVAL_TOKEN, startDeletion } from './deletion.ts';
import type { DescribedStack } from './described-stack.ts';
import { described } from './failure.ts';
import { lastOperation, type Operation } from './operation.ts';

/** Why CloudFormation took a deletion back. */
interface Refusal {
  readonly reason: string;
  /** The export that another stack imports, when that is why. */
  readonly exportName: string | undefined;
}

/** `Export a-VpcId cannot be deleted as it is in use by b`, `Delete canceled. Cannot delete export a-VpcId as it is in use by b` */
const IN_USE = /\bexport (\S+) (?:cannot be deleted )?as it is in use by\b/i;

/**
 * Tells CloudFormation to delete a stack that stands. It takes the request even when another stack imports what this one exports,
 * and gives it up a moment later: then only the events say so, and the stack is as it was.
 * @param now milliseconds since 1970
 * @throws {HiveMindError} StackFailed: names who uses it
 */
export async function deleteStanding(
  client: CloudFormationClient,
  stack: DescribedStack,
  now: number,
): Promise<void> {
  const operation = await lastOperation(client, stack.id);
  const refusal = refusalOf(operation);
  if (!refusal) return startDeletion(client, stack);
  const { exportName } = refusal;
  const users = exportName === undefined ? [] : await importersOf(client, exportName);
  if (users.length > 0) throw inUse(stack, users, refusal.reason);
  if (exportName === undefined && isRecent(operation, now)) throw takenBack(stack, refusal.reason);
  await startDeletion(client, stack, `${REMOVAL_TOKEN}-again-${operation.lastEventAt}`);
}

function refusalOf({ stackEvents, tokens }: Operation): Refusal | undefined {
  const [newest] = stackEvents;
  if (!newest || newest.status === 'DELETE_IN_PROGRESS') return undefined;
  const exportName = IN_USE.exec(newest.reason)?.[1];
  const isOurs = [...tokens].some((token) => token.startsWith(REMOVAL_TOKEN));
  return exportName !== undefined || isOurs ? { reason: described(newest), exportName } : undefined;
}

async function importersOf(client: CloudFormationClient, exportName: string): Promise<readonly string[]> {
  const importers: string[] = [];
  let NextToken: string | undefined;
  try {
    do {
      const answer = await asked(
        client.send(new ListImportsCommand({ ExportName: exportName, ...(NextToken && { NextToken }) })),
        `list who uses the export "${exportName}"`,
      );
      importers.push(...(answer.Imports ?? []));
      NextToken = answer.NextToken;
    } while (NextToken);
  } catch (error) {
    // This is how CloudFormation says that nobody does.
    if (awsErrorName(error) !== 'ValidationError') throw error;
  }
  return importers;
}

const inUse = ({ name }: DescribedStack, users: readonly string[], reason: string): HiveMindError =>
  new HiveMindError(
    'StackFailed',
    `the stack "${name}" could not be removed: ${users.join(', ')} ${users.length === 1 ? 'uses' : 'use'} it (${reason})`,
    {
      hint: 'remove what uses it, then run the command again: it continues with what is left',
    },
  );

const takenBack = ({ name }: DescribedStack, reason: string): HiveMindError =>
  new HiveMindError(
    'StackFailed',
    `the stack "${name}" could not be removed: AWS took the deletion back: ${reason}`,
    {
      hint: 'mend what AWS says above, then run the command again in two minutes: it continues with what is left',
    },
  );
