import { asHiveMindError } from '../../src/domain/errors.ts';
import type { DestroyExecution, Execution } from '../../src/domain/execution.ts';
import { stackName } from '../../src/domain/stack.ts';
import type { FinalSnapshot } from '../../src/ports/database-snapshots.ts';
import { snapshotOutput } from '../../src/stages/outputs.ts';
import { type AgentCall, findOutput } from '../../src/stages/stage-context.ts';
import { hasServed } from './been-live.ts';
import type { JanitorPorts } from './ports.ts';
import { recordRemoval } from './record-removal.ts';

/**
 * Once the database is gone: the copy that the platform made as it removed it goes when HiveMind has made its own, when none is
 * wanted, or when no release ever answered with it. In any other case it is the only one. What keeps it from going is no reason to stop:
 * it costs less than all else that still stands. Returns false while that goes on.
 */
export async function removeFinalSnapshot(
  ports: JanitorPorts,
  execution: Execution,
  call: AgentCall,
): Promise<boolean> {
  const databaseStack = stackName(execution.deploymentId, 'database');
  const replaced = await replacedSnapshot(ports, execution);
  if (replaced === undefined || (await ports.stacks.describe(databaseStack))) return true;
  try {
    return await ports.snapshots.removeFinal({ databaseStack, ...replaced }, call);
  } catch (error) {
    const { kind, message } = asHiveMindError(error);
    if (kind.transient) throw error;
    await recordRemoval(ports, execution, 'snapshot', databaseStack, `kept: ${message}`);
    return true;
  }
}

type Replaced = Pick<FinalSnapshot, 'since' | 'copy'>;

/** Undefined: it is the only copy. */
async function replacedSnapshot(ports: JanitorPorts, execution: Execution): Promise<Replaced | undefined> {
  if (execution.workflow === 'destroy') return await replacedByDestroy(ports, execution);
  if (await hasServed(ports, execution.deploymentId)) return undefined;
  return { since: execution.startedAt, copy: null };
}

/** Also by an earlier destroy, which this one goes on with. */
async function replacedByDestroy(
  { store }: JanitorPorts,
  execution: DestroyExecution,
): Promise<Replaced | undefined> {
  const newestFirst = await store.listExecutions({ deploymentId: execution.deploymentId });
  const other = newestFirst.findIndex(({ workflow }) => workflow !== 'destroy');
  const destroys = other === -1 ? newestFirst : newestFirst.slice(0, other);
  const since = destroys.at(-1)?.startedAt ?? execution.startedAt;
  if (!execution.settings.snapshot) return { since, copy: null };
  for (const { id } of destroys) {
    const copy = (await findOutput(store, id, 'snapshot', snapshotOutput))?.locations[0];
    if (copy !== undefined) return { since, copy };
  }
  return undefined;
}
