import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { Builder } from '../../src/ports/builder.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface CompilerPorts extends StagePorts {
  readonly builder: Pick<Builder, 'build'>;
  readonly artifacts: Pick<ArtifactStore, 'find'>;
}
