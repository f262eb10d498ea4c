import { stat } from 'node:fs/promises';
import { systemErrorCode } from '../../domain/errors.ts';

/** Whether there is something at a path; a link counts as what it leads to. */
export async function pathExists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return false;
  }
}
