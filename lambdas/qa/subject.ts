import type { DeployExecution } from '../../src/domain/execution.ts';
import type { DatabaseSubject } from '../../src/ports/probe.ts';
import { analysedOutput, releasedOutput, stackOutput } from '../../src/stages/outputs.ts';
import { findOutput, requireOutput } from '../../src/stages/stage-context.ts';
import type { QaPorts } from './ports.ts';

/** What QA looks at. */
export interface Subject {
  readonly url: string | null;
  readonly balancer: string | null;
  readonly color: 'blue' | 'green';
  readonly stack: string;
  readonly release: number;
  readonly commit: string;
  readonly healthCheckPath: string;
  readonly webSocket: boolean;
  readonly database: DatabaseSubject | null;
}

/** A release that is reached through a load balancer. */
export type WebSubject = Subject & { readonly url: string; readonly balancer: string };

export async function subjectOf(ports: QaPorts, execution: DeployExecution): Promise<Subject> {
  const { plan, source } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const { url, color, stack, release } = await requireOutput(
    ports.store,
    execution.id,
    'release',
    releasedOutput,
  );
  const balancer = await findOutput(ports.store, execution.id, 'load-balancer', stackOutput);
  const database = await findOutput(ports.store, execution.id, 'database', stackOutput);
  const secret = database?.outputs['secret'];
  return {
    url,
    color,
    stack,
    release,
    balancer: url === null ? null : (balancer?.stack ?? null),
    commit: source.commit,
    healthCheckPath: plan.healthCheckPath.value,
    webSocket: plan.webSocket.value,
    database: secret === undefined ? null : { secret, computeStack: stack },
  };
}
