import type { Builder } from '../../src/ports/builder.ts';
import type { InfrastructureInspection } from '../../src/ports/infrastructure-inspection.ts';
import type { LanguageModel } from '../../src/ports/language-model.ts';
import type { RuntimeInspection } from '../../src/ports/runtime-inspection.ts';
import type { SecurityScanner } from '../../src/ports/security-scanner.ts';
import type { SourceRepository } from '../../src/ports/source-repository.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface SheriffPorts extends StagePorts {
  readonly scanner: SecurityScanner;
  readonly sources: Pick<SourceRepository, 'open'>;
  readonly builder: Pick<Builder, 'isolation'>;
  readonly stacks: Pick<StackEngine, 'list'>;
  readonly runtime: RuntimeInspection;
  readonly infrastructure: InfrastructureInspection;
  /** Explains what was found; it judges nothing. */
  readonly model: Pick<LanguageModel, 'ask'>;
}
