import type { InstanceCommands } from '../../src/ports/instance-commands.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { TrafficObservation } from '../../src/ports/traffic-observation.ts';
import type { TrafficRouter } from '../../src/ports/traffic-router.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface DeployerPorts extends StagePorts {
  readonly instances: InstanceCommands;
  readonly router: Omit<TrafficRouter, 'probeRoute'>;
  readonly observation: TrafficObservation;
  readonly stacks: Pick<StackEngine, 'list' | 'remove'>;
}
