import type { StackStatus as CloudFormationStatus } from '@aws-sdk/client-cloudformation';
import type { StackStatus } from '../../../domain/stack.ts';

/**
 * What can be done with a stack.
 * - `absent`: there is no stack
 * - `empty`: there is only a name, kept for a change set that was never executed
 * - `busy`: an operation is under way
 * - `tidying`: the update is done, what it replaced is still being removed
 * - `ready`: it stands and can be changed
 * - `rolled-back`: it stands as it was before an update that failed
 * - `remains`: what a failed creation left; it can only be deleted
 * - `undeletable`: a deletion failed
 * - `stuck`: an update failed, and so did the return to what was before
 */
export type Phase =
  | 'absent'
  | 'empty'
  | 'busy'
  | 'tidying'
  | 'ready'
  | 'rolled-back'
  | 'remains'
  | 'undeletable'
  | 'stuck';

interface Meaning {
  readonly phase: Phase;
  /** The status in the few words of the domain. */
  readonly status: StackStatus;
}

const MEANINGS: Record<CloudFormationStatus, Meaning> = {
  REVIEW_IN_PROGRESS: { phase: 'empty', status: 'CREATE_IN_PROGRESS' },
  CREATE_IN_PROGRESS: { phase: 'busy', status: 'CREATE_IN_PROGRESS' },
  CREATE_COMPLETE: { phase: 'ready', status: 'CREATE_COMPLETE' },
  CREATE_FAILED: { phase: 'remains', status: 'CREATE_FAILED' },
  ROLLBACK_IN_PROGRESS: { phase: 'busy', status: 'CREATE_IN_PROGRESS' },
  ROLLBACK_COMPLETE: { phase: 'remains', status: 'CREATE_FAILED' },
  ROLLBACK_FAILED: { phase: 'remains', status: 'CREATE_FAILED' },
  UPDATE_IN_PROGRESS: { phase: 'busy', status: 'UPDATE_IN_PROGRESS' },
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: { phase: 'tidying', status: 'UPDATE_COMPLETE' },
  UPDATE_COMPLETE: { phase: 'ready', status: 'UPDATE_COMPLETE' },
  UPDATE_FAILED: { phase: 'ready', status: 'UPDATE_FAILED' },
  UPDATE_ROLLBACK_IN_PROGRESS: { phase: 'busy', status: 'UPDATE_IN_PROGRESS' },
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: { phase: 'busy', status: 'UPDATE_IN_PROGRESS' },
  UPDATE_ROLLBACK_COMPLETE: { phase: 'rolled-back', status: 'UPDATE_COMPLETE' },
  UPDATE_ROLLBACK_FAILED: { phase: 'stuck', status: 'UPDATE_FAILED' },
  IMPORT_IN_PROGRESS: { phase: 'busy', status: 'UPDATE_IN_PROGRESS' },
  IMPORT_COMPLETE: { phase: 'ready', status: 'UPDATE_COMPLETE' },
  IMPORT_ROLLBACK_IN_PROGRESS: { phase: 'busy', status: 'UPDATE_IN_PROGRESS' },
  IMPORT_ROLLBACK_COMPLETE: { phase: 'ready', status: 'UPDATE_COMPLETE' },
  IMPORT_ROLLBACK_FAILED: { phase: 'stuck', status: 'UPDATE_FAILED' },
  DELETE_IN_PROGRESS: { phase: 'busy', status: 'DELETE_IN_PROGRESS' },
  DELETE_FAILED: { phase: 'undeletable', status: 'DELETE_FAILED' },
  DELETE_COMPLETE: { phase: 'absent', status: 'DELETE_IN_PROGRESS' },
};

/** A status that CloudFormation has learned since then is one to wait for. */
const UNKNOWN: Meaning = { phase: 'busy', status: 'UPDATE_IN_PROGRESS' };

export const meaningOf = (status: CloudFormationStatus | undefined): Meaning =>
  (status && MEANINGS[status]) ?? UNKNOWN;
