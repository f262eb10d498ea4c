import * as z from 'zod';
import { systemClock } from '../../../../src/adapters/anywhere/clock.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import {
  LocalWorkflowRunner,
  type LocalWorkflowRunnerOptions,
} from '../../../../src/adapters/local/workflow-runner.ts';
import type { Fix } from '../../../../src/domain/fix.ts';
import type { DeploymentStore } from '../../../../src/ports/deployment-store.ts';
import type { Agent, TaskAnswer } from '../../../../src/stages/stage-context.ts';
import { aDeployment } from '../../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../../fixtures/proposed-fix.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';
import { EXECUTIONS } from '../../../state-machines/workflow-executions.ts';
import { breaksWith, diagnosed } from '../../../state-machines/workflow-tasks.ts';

const execution = EXECUTIONS.retire;
export const EXECUTION = execution.id;

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const proposal = (change: Partial<Fix> = {}): Fix =>
  aProposedFix({ executionId: EXECUTION, expiresAt: inSeconds(3600), ...change });

const eventShape = z.object({ action: z.string(), taskToken: z.string().optional() });

/** What happens while the Medic puts its question. */
export type WhileAsking = (asking: { readonly taskToken: string; readonly fix: Fix }) => Promise<void>;

/**
 * A workflow whose work fails until a fix is applied, on a store that outlives its servers. The Medic keeps the record as it should,
 * and proposes one fix.
 */
export class AskingWorkflow {
  readonly store: DeploymentStore = localDeploymentStore({
    database: openStateDatabase(':memory:'),
    clock: systemClock,
  });
  /** What the agents were called for. */
  readonly calls: string[] = [];
  /** Under which the question was asked. */
  readonly tokens: string[] = [];
  readonly #ended = Promise.withResolvers<void>();

  static async begin(): Promise<AskingWorkflow> {
    const workflow = new AskingWorkflow();
    await workflow.store.createDeployment(aDeployment({ status: 'ACTIVE' }));
    await workflow.store.createExecution(execution);
    return workflow;
  }

  /** A server on the store, as it is now. */
  serve(
    options: Partial<LocalWorkflowRunnerOptions> = {},
    proposed: Partial<Fix> = {},
    whileAsking: WhileAsking = async () => undefined,
  ): LocalWorkflowRunner {
    const { store } = this;
    const nothing: Agent = async () => ({ finished: true });
    const agents = {
      ...{ recon: nothing, compiler: nothing, provisioner: nothing, deployer: nothing, sheriff: nothing },
      ...{ qa: nothing, ops: nothing, janitor: this.#janitor, medic: this.#medic(proposed, whileAsking) },
    };
    const onEnd = () => this.#ended.resolve();
    return new LocalWorkflowRunner({ store, clock: systemClock, agents, onEnd, ...options });
  }

  /** Begins the workflow and waits for its question. */
  async untilAsked(runner: LocalWorkflowRunner): Promise<string> {
    await runner.start(execution.workflow, EXECUTION, execution.deploymentId);
    return await this.nextToken(1);
  }

  /** The token of the question that is asked as that one. */
  nextToken = (count: number): Promise<string> => waitFor(() => this.tokens[count - 1]);

  async end(): Promise<{ readonly status: string; readonly fix: string | undefined }> {
    await this.#ended.promise;
    const status = (await this.store.findExecution(EXECUTION))?.status ?? 'gone';
    return { status, fix: (await this.newestFix())?.status };
  }

  newestFix = async (): Promise<Fix | undefined> => (await this.store.listFixes(EXECUTION)).at(-1);

  async change(from: Fix['status'], status: Fix['status']): Promise<void> {
    const fix = await this.newestFix();
    if (fix) await this.store.changeFix(EXECUTION, fix.id, from, { status });
  }

  #janitor: Agent = async () => {
    this.calls.push('work');
    const isMended = (await this.newestFix())?.status === 'APPLIED';
    return isMended ? { finished: true } : breaksWith('StackFailed')();
  };

  #medic =
    (proposed: Partial<Fix>, whileAsking: WhileAsking): Agent =>
    async (event) => {
      const { action, taskToken = '' } = eventShape.parse(event);
      this.calls.push(action);
      const answers: Readonly<Record<string, () => Promise<TaskAnswer>>> = {
        diagnose: async () => {
          await this.store.putFix(proposal(proposed));
          return diagnosed('ask');
        },
        ask: async () => {
          const fix = await this.newestFix();
          if (fix) await this.store.changeFix(EXECUTION, fix.id, 'PROPOSED', { taskToken });
          if (fix) await whileAsking({ taskToken, fix });
          this.tokens.push(taskToken);
          return { finished: true };
        },
        apply: async () => {
          await this.change('APPROVED', 'APPLIED');
          return { finished: true, pauseSeconds: proposed.pauseSeconds ?? 0 };
        },
        'give-up': async () => {
          await this.change('PROPOSED', 'UNANSWERED');
          return { finished: true, leaveInPlace: true };
        },
      };
      return (await answers[action]?.()) ?? { finished: true };
    };
}
