import type { InstanceCommands } from '../../src/ports/instance-commands.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { TrafficRouter } from '../../src/ports/traffic-router.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface DeployerPorts extends StagePorts {
  readonly instances: Omit<InstanceCommands, 'stop'>;
  readonly router: Omit<TrafficRouter, 'probeRoute'>;
  readonly stacks: Pick<StackEngine, 'list' | 'remove'>;
}
