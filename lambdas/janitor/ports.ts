import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { Builder } from '../../src/ports/builder.ts';
import type { DatabaseSnapshots } from '../../src/ports/database-snapshots.ts';
import type { InstanceCommands } from '../../src/ports/instance-commands.ts';
import type { ResourceInventory } from '../../src/ports/resource-inventory.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import type { SourceRepository } from '../../src/ports/source-repository.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import type { TrafficRouter } from '../../src/ports/traffic-router.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface JanitorPorts extends StagePorts {
  readonly stacks: StackEngine;
  readonly router: TrafficRouter;
  readonly instances: InstanceCommands;
  readonly snapshots: DatabaseSnapshots;
  readonly inventory: ResourceInventory;
  readonly secrets: Secrets;
  readonly artifacts: ArtifactStore;
  readonly builder: Pick<Builder, 'forget'>;
  readonly sources: SourceRepository;
  readonly telemetry: Telemetry;
}
