import type { InstanceCommands } from '../../src/ports/instance-commands.ts';
import type { LanguageModel } from '../../src/ports/language-model.ts';
import type { Probe } from '../../src/ports/probe.ts';
import type { SourceRepository } from '../../src/ports/source-repository.ts';
import type { TrafficRouter } from '../../src/ports/traffic-router.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface QaPorts extends StagePorts {
  readonly probe: Probe;
  readonly router: Pick<TrafficRouter, 'probeRoute' | 'health' | 'weights'>;
  readonly instances: Pick<InstanceCommands, 'list'>;
  /** Where routes of the application's own are looked for. */
  readonly sources: Pick<SourceRepository, 'open'>;
  readonly model: Pick<LanguageModel, 'ask' | 'isConfigured'>;
}
