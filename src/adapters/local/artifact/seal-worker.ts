import { parentPort, workerData } from 'node:worker_threads';
import { RefusedTree, sealTree } from '../../anywhere/artifact/tree.ts';
import type { SealAnswer } from './seal.ts';

const answer = (message: SealAnswer): void => parentPort?.postMessage(message);

try {
  answer({ sealed: sealTree(String(workerData)) });
} catch (error) {
  if (!(error instanceof RefusedTree)) throw error;
  answer({ refused: error.message });
}
