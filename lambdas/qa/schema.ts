export { type Verified, verifiedOutput } from '../../src/stages/outputs.ts';
export { taskEvent as qaEvent } from '../../src/stages/task-event.ts';
