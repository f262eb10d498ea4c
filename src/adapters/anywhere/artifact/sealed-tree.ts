import { HiveMindError } from '../../../domain/errors.ts';
import { RefusedTree, type SealedTree, sealTree } from './tree.ts';

/**
 * `sealTree` in this thread, for whoever serves nobody meanwhile.
 * @throws {HiveMindError} UnsafeRepository
 */
export function sealedTree(directory: string): SealedTree {
  try {
    return sealTree(directory);
  } catch (error) {
    if (!(error instanceof RefusedTree)) throw error;
    throw unsafeTree(error.message);
  }
}

export const unsafeTree = (message: string): HiveMindError =>
  new HiveMindError('UnsafeRepository', message, {
    hint: 'remove it from the repository or from what the build writes; links must be relative and stay inside',
  });
