export { analysedOutput } from '../../src/stages/outputs.ts';
export { taskEvent as reconEvent } from '../../src/stages/task-event.ts';
