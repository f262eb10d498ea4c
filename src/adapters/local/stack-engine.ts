import type { DatabaseSync } from 'node:sqlite';
import { stackRecord } from '../../contracts/records.ts';
import { asHiveMindError, HiveMindError } from '../../domain/errors.ts';
import { failureDetail } from '../../domain/failure.ts';
import {
  type BlueprintName,
  isStackReady,
  type Stack,
  type StackChange,
  type StackStatus,
} from '../../domain/stack.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Patience, StackEngine, StackRequest } from '../../ports/stack-engine.ts';
import type { LocalBlueprint } from './stacks/blueprint.ts';
import { Statements } from './state/documents.ts';

export interface LocalStackEngineOptions {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly blueprints: Readonly<Record<BlueprintName, LocalBlueprint>>;
}

/** The blueprints as processes, ports and folders of this machine, with the states and words of CloudFormation. */
export class LocalStackEngine implements StackEngine {
  readonly #statements: Statements;
  readonly #clock: Clock;
  readonly #blueprints: Readonly<Record<BlueprintName, LocalBlueprint>>;
  /** Changes under way in this process, by stack name. */
  readonly #running = new Map<string, { readonly token: string; readonly end: Promise<Stack> }>();

  constructor({ database, clock, blueprints }: LocalStackEngineOptions) {
    this.#statements = new Statements(database);
    this.#clock = clock;
    this.#blueprints = blueprints;
  }

  async preview(request: StackRequest): Promise<readonly StackChange[]> {
    const known = await this.describe(request.name);
    const blueprint = this.#blueprints[request.blueprint];
    const resources = blueprint.resources(request.parameters);
    const changed = known ? changedParameters(known, request) : [];
    const action = !known
      ? 'create'
      : changed.length === 0
        ? 'none'
        : changed.every((key) => blueprint.changeable.includes(key))
          ? 'modify'
          : 'replace';
    const reason = !known
      ? 'does not exist yet'
      : changed.length === 0
        ? 'unchanged'
        : `changed: ${changed.join(', ')}`;
    return resources.map((resource) => ({ action, resource, reason }));
  }

  async deploy(request: StackRequest, patience: Patience): Promise<Stack> {
    const running = this.#running.get(request.name);
    if (running && running.token !== request.token) await running.end;
    const known = await this.describe(request.name);
    if (known && isStackReady(known) && changedParameters(known, request).length === 0) return known;
    const end = running?.token === request.token ? running.end : this.#begin(request, known, patience.signal);
    return this.#waitFor(request.name, end, patience);
  }

  async describe(name: string): Promise<Stack | undefined> {
    return this.#statements.document(stackRecord, 'SELECT document FROM stacks WHERE name = ?', name);
  }

  async remove(name: string, _patience: Patience): Promise<boolean> {
    await this.#running.get(name)?.end;
    const stack = await this.describe(name);
    if (!stack) return true;
    this.#put({ ...stack, status: 'DELETE_IN_PROGRESS' });
    try {
      await this.#blueprints[stack.blueprint].remove(name);
    } catch (thrown) {
      const error = asHiveMindError(thrown);
      this.#put({ ...stack, status: 'DELETE_FAILED', failure: failureDetail(error) });
      throw new HiveMindError('StackFailed', `the stack "${name}" could not be removed: ${error.message}`, {
        hint: error.hint,
        logTail: error.logTail,
        cause: error,
      });
    }
    this.#statements.run('DELETE FROM stacks WHERE name = ?', name);
    return true;
  }

  /** Of all deployments. */
  async everyStack(): Promise<readonly Stack[]> {
    return this.#statements.documents(stackRecord, 'SELECT document FROM stacks ORDER BY rowid');
  }

  async list(deploymentId: string): Promise<readonly Stack[]> {
    return this.#statements.documents(
      stackRecord,
      'SELECT document FROM stacks WHERE deployment_id = ? ORDER BY rowid',
      deploymentId,
    );
  }

  #begin(request: StackRequest, known: Stack | undefined, signal: AbortSignal | undefined): Promise<Stack> {
    const end = this.#change(request, known, signal ?? new AbortController().signal).finally(() =>
      this.#running.delete(request.name),
    );
    this.#running.set(request.name, { token: request.token, end });
    return end;
  }

  async #change(request: StackRequest, known: Stack | undefined, signal: AbortSignal): Promise<Stack> {
    const { name, blueprint: blueprintName, deploymentId, parameters } = request;
    const blueprint = this.#blueprints[blueprintName];
    const exists = known !== undefined && STANDING.includes(known.status);
    const verb = exists ? 'UPDATE' : 'CREATE';
    const stack: Stack = {
      name,
      blueprint: blueprintName,
      deploymentId,
      parameters,
      status: `${verb}_IN_PROGRESS`,
      outputs: known?.outputs ?? {},
      failure: null,
    };
    this.#put(stack);
    const plan = { name, deploymentId, parameters };
    const isChangeable =
      known && changedParameters(known, request).every((key) => blueprint.changeable.includes(key));
    const keeps = exists && (isChangeable || ((await blueprint.stands?.(plan)) ?? false));
    try {
      if (known && !keeps) await blueprint.remove(name);
      const outputs = await blueprint.deploy(plan, signal);
      return this.#put({ ...stack, status: `${verb}_COMPLETE`, outputs });
    } catch (error) {
      const failure = failureDetail(asHiveMindError(signal.aborted ? (signal.reason ?? error) : error));
      // A change that failed changed nothing: what stood before stands.
      if (exists && keeps) this.#put(known);
      const failed: Stack = { ...stack, status: `${verb}_FAILED`, failure };
      return exists && keeps ? failed : this.#put(failed);
    }
  }

  /** The end, or the state as it is when patience runs out. */
  async #waitFor(name: string, end: Promise<Stack>, patience: Patience): Promise<Stack> {
    const over = new AbortController();
    const timeIsUp = this.#clock.sleep(patience.patienceSeconds * 1000, over.signal);
    const settled = await Promise.race([end, timeIsUp]);
    over.abort();
    return settled ?? (await this.describe(name)) ?? (await end);
  }

  #put(stack: Stack): Stack {
    this.#statements.run(
      `INSERT INTO stacks (name, deployment_id, document) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET document = excluded.document`,
      stack.name,
      stack.deploymentId,
      JSON.stringify(stack),
    );
    return stack;
  }
}

/** An update that failed or was interrupted left what stood before. */
const STANDING: readonly StackStatus[] = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_IN_PROGRESS',
  'UPDATE_FAILED',
];

function changedParameters(stack: Stack, request: StackRequest): string[] {
  const keys = new Set([...Object.keys(stack.parameters), ...Object.keys(request.parameters)]);
  return [...keys].filter((key) => stack.parameters[key] !== request.parameters[key]);
}
