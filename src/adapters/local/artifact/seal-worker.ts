import { parentPort, workerData } from 'node:worker_threads';
import type { SealAnswer } from './seal.ts';
import { RefusedTree, sealTree } from './tree.ts';

const answer = (message: SealAnswer): void => parentPort?.postMessage(message);

try {
  answer({ sealed: sealTree(String(workerData)) });
} catch (error) {
  if (!(error instanceof RefusedTree)) throw error;
  answer({ refused: error.message });
}
