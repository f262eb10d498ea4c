import { Worker } from 'node:worker_threads';
import { unsafeTree } from '../../anywhere/artifact/sealed-tree.ts';
import type { SealedTree } from '../../anywhere/artifact/tree.ts';
import { workerEnvironment } from '../worker-environment.ts';

export type SealAnswer = { readonly sealed: SealedTree } | { readonly refused: string };

/**
 * `sealTree` beside the event loop. A worker starts in about 30 ms and reads 20,000 files of 200 MB in 0.4 s.
 * @throws {HiveMindError} UnsafeRepository
 */
export async function seal(directory: string): Promise<SealedTree> {
  const answer = await new Promise<SealAnswer>((resolve, reject) => {
    const worker = new Worker(new URL('./seal-worker.ts', import.meta.url), {
      workerData: directory,
      env: workerEnvironment(),
      execArgv: [],
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () =>
      reject(new Error('the worker that computes checksums ended without an answer')),
    );
  });
  if ('sealed' in answer) return answer.sealed;
  throw unsafeTree(answer.refused);
}
