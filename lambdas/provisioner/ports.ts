import type { Costs } from '../../src/ports/costs.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface ProvisionerPorts extends StagePorts {
  readonly stacks: Pick<StackEngine, 'preview' | 'deploy' | 'describe'>;
  readonly costs: Costs;
}
