import { parentPort } from 'node:worker_threads';
import { findingsIn, loadLinter } from '../../anywhere/security/linter.ts';
import type { LinterAnswer, LinterQuestion } from './linter-thread.ts';

const lint = await loadLinter();

parentPort?.on('message', async ({ id, file, text }: LinterQuestion) => {
  const answer: LinterAnswer = { id, findings: findingsIn(file, text, await lint(file, text)) };
  parentPort?.postMessage(answer);
});
