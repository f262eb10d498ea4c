import type { Costs } from '../../src/ports/costs.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { IdleColorPorts } from '../../src/stages/idle-color.ts';
import type { RetirePorts } from '../../src/stages/retire-stack.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

/** It makes room for a release by retiring what stands in its colour. */
export interface ProvisionerPorts extends StagePorts, RetirePorts, IdleColorPorts {
  readonly router: RetirePorts['router'] & IdleColorPorts['router'];
  readonly stacks: Pick<StackEngine, 'preview' | 'deploy' | 'describe' | 'list' | 'remove'>;
  readonly costs: Costs;
}
