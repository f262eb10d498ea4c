import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { DatabaseSubject } from '../../src/ports/probe.ts';
import { analysedOutput, releasedOutput, stackOutput } from '../../src/stages/outputs.ts';
import { findOutput, requireOutput } from '../../src/stages/stage-context.ts';
import type { QaPorts } from './ports.ts';
import type { SubjectKind } from './schema.ts';

/** What QA looks at. */
export interface Subject {
  readonly kind: SubjectKind;
  /** Where it is reached, with the headers that this takes. */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
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

export async function subjectOf(
  ports: QaPorts,
  execution: ReleaseExecution,
  kind: SubjectKind,
): Promise<Subject> {
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
  const name = url === null ? null : (balancer?.stack ?? null);
  const route =
    kind === 'candidate' && name !== null ? await ports.router.probeRoute(name, color) : undefined;
  return {
    kind,
    url: route?.url ?? url,
    headers: route?.headers ?? {},
    color,
    stack,
    release,
    balancer: name,
    commit: source.commit,
    healthCheckPath: plan.healthCheckPath.value,
    webSocket: plan.webSocket.value,
    database: secret === undefined ? null : { secret, computeStack: stack },
  };
}
