import type { Execution } from '../domain/execution.ts';

/**
 * Under which a platform is asked for the work of a stage: asked twice is once. What is done again after a fix is asked for anew, because
 * the answer to the old token would be the old failure.
 * @param digest of the stage's inputs
 */
export function attemptToken({ id, resumedAt }: Pick<Execution, 'id' | 'resumedAt'>, digest: string): string {
  const begun = `${id}-${digest.slice(0, 12)}`;
  return resumedAt === undefined ? begun : `${begun}-${Date.parse(resumedAt).toString(36)}`;
}
