import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { Builder } from '../../src/ports/builder.ts';
import type { DatabaseSnapshots } from '../../src/ports/database-snapshots.ts';
import type { ResourceInventory } from '../../src/ports/resource-inventory.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import type { SourceRepository } from '../../src/ports/source-repository.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import type { TrafficRouter } from '../../src/ports/traffic-router.ts';
import type { RollPorts } from '../../src/stages/roll-instances.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface JanitorPorts extends StagePorts {
  readonly stacks: Pick<StackEngine, 'list' | 'describe' | 'remove'>;
  readonly router: Pick<
    TrafficRouter,
    'register' | 'deregister' | 'replaceFailing' | 'health' | 'healthChange' | 'shift' | 'weights'
  >;
  /** For instances that a failed rolling update has to give back. */
  readonly instances: RollPorts['instances'];
  readonly snapshots: Pick<DatabaseSnapshots, 'create' | 'removeFinal'>;
  readonly inventory: Pick<ResourceInventory, 'find'>;
  readonly secrets: Pick<Secrets, 'list' | 'removeAll'>;
  readonly artifacts: Pick<ArtifactStore, 'find' | 'remove'>;
  readonly builder: Pick<Builder, 'forget' | 'stop'>;
  readonly sources: Pick<SourceRepository, 'forget'>;
  readonly telemetry: Pick<Telemetry, 'log' | 'forget'>;
}
