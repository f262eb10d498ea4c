export { builtOutput } from '../../src/stages/outputs.ts';
export { taskEvent as compilerEvent } from '../../src/stages/task-event.ts';
