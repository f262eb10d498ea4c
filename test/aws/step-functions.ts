import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { answerTask } from '../../src/adapters/aws/workflow-runner/answer.ts';
import { placeholderOf } from '../../src/adapters/local/workflow/state-machine.ts';
import { asHiveMindError } from '../../src/domain/errors.ts';
import type { WorkflowName } from '../../src/domain/execution.ts';
import { AGENTS } from '../../src/domain/stage.ts';
import { freePort } from '../fixtures/free-port.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { openAccount, REGION } from './account.ts';
import { answers } from './emulator.ts';

/** A Lambda function of the test: what it throws reaches the workflow under its name. */
export type Invoke = (functionName: string, payload: unknown) => Promise<unknown>;

export interface WorkflowOutcome {
  readonly status: string;
  /** States in the order in which they were entered. */
  readonly states: readonly string[];
  readonly error: string | undefined;
}

/**
 * The Step Functions of the emulator, which really executes state machines there. It calls Lambda at its own address, so that
 * address leads here: the emulator has no functions, the test serves them.
 */
export class StepFunctions {
  readonly #endpoint: string;
  readonly #emulator: ChildProcess;
  readonly #close: () => Promise<void>;
  /** Of the run of each execution, by the execution's id. */
  readonly #clients = new Map<string, SFNClient>();

  private constructor(endpoint: string, emulator: ChildProcess, close: () => Promise<void>) {
    this.#endpoint = endpoint;
    this.#emulator = emulator;
    this.#close = close;
  }

  static async start(invoke: Invoke): Promise<StepFunctions> {
    const lambda = createServer((incoming, outgoing) => void serve(invoke, incoming, outgoing));
    // The emulator keeps its connections and does not try twice.
    lambda.keepAliveTimeout = 0;
    // The emulator says `localhost`, which may mean either address family.
    lambda.listen(0, 'localhost');
    await once(lambda, 'listening');
    const address = lambda.address();
    if (address === null || typeof address === 'string') throw new Error('the functions do not listen');
    const port = await freePort();
    const program = fileURLToPath(new URL('./step_functions_emulator.py', import.meta.url));
    const emulator = spawn('python3', [program, '-H', '127.0.0.1', '-p', String(port)], {
      stdio: 'ignore',
      env: { ...process.env, MOTO_PORT: String(address.port) },
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await answers(`${endpoint}/moto-api/`);
    await fetch(`${endpoint}/moto-api/config`, {
      method: 'POST',
      body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }),
    });
    return new StepFunctions(endpoint, emulator, async () => {
      lambda.closeAllConnections();
      lambda.close();
    });
  }

  /**
   * Runs a workflow of `state-machines/`, its waits shortened, to its end. Each run has an account of its own, because the
   * emulator cannot start an execution in one where another runs.
   * @returns undefined when the emulator cannot tell the history: run it again
   */
  async run(
    workflow: WorkflowName,
    input: { readonly executionId: string; readonly deploymentId: string },
    name: string,
  ): Promise<WorkflowOutcome | undefined> {
    const sfn = new SFNClient((await openAccount(REGION, this.#endpoint)).settings);
    this.#clients.set(input.executionId, sfn);
    const machine = await sfn.send(
      new CreateStateMachineCommand({
        name: `${workflow}-${name}`.replaceAll(/[^\w-]+/g, '-').slice(0, 80),
        definition: await definitionOf(workflow),
        roleArn: 'arn:aws:iam::123456789012:role/states',
      }),
    );
    const execution = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: machine.stateMachineArn,
        input: JSON.stringify(input),
      }),
    );
    const executionArn = execution.executionArn;
    const look = async () => {
      const seen = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return seen.status === 'RUNNING' ? undefined : seen;
    };
    const ended = await waitFor(look, { timeoutMilliseconds: 120_000, intervalMilliseconds: 200 });
    const states = await statesOf(sfn, executionArn).catch(unlessUnreadable);
    sfn.destroy();
    return states && { status: ended.status ?? '', states, error: ended.error };
  }

  /** Gives the answer that the run of an execution waits for under this token. */
  async answer(
    executionId: string,
    taskToken: string,
    answer: { readonly approved: boolean },
  ): Promise<void> {
    const client = this.#clients.get(executionId);
    if (!client) throw new Error(`${executionId} does not run`);
    await answerTask(client, { executionId, taskToken }, answer);
  }

  async close(): Promise<void> {
    const ended = once(this.#emulator, 'exit');
    this.#emulator.kill();
    await Promise.all([ended, this.#close()]);
  }
}

/** The emulator damages the history, now and then, when a branch fails while the one beside it goes on. */
function unlessUnreadable(error: unknown): undefined {
  if (error instanceof SyntaxError) return;
  throw error;
}

async function statesOf(sfn: SFNClient, executionArn: string | undefined): Promise<readonly string[]> {
  const states: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }),
    );
    for (const { stateEnteredEventDetails } of page.events ?? []) {
      if (stateEnteredEventDetails?.name) states.push(stateEnteredEventDetails.name);
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return states;
}

/** The definition with functions for its placeholders, and with every wait as short as the language allows. */
async function definitionOf(workflow: WorkflowName): Promise<string> {
  const file = new URL(`../../state-machines/${workflow}.asl.json`, import.meta.url);
  const text = [...AGENTS, 'conductor' as const].reduce(
    (all, name) =>
      all.replaceAll(placeholderOf(name), `arn:aws:lambda:${REGION}:123456789012:function:${name}`),
    await readFile(file, 'utf8'),
  );
  const short: Readonly<Record<string, number>> = { IntervalSeconds: 1, MaxDelaySeconds: 2, Seconds: 0 };
  return JSON.stringify(JSON.parse(text), (key, value: unknown) => short[key] ?? value);
}

async function serve(invoke: Invoke, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const name = /functions\/([^/]+)\/invocations/.exec(decodeURIComponent(incoming.url ?? ''))?.[1] ?? '';
  const payload: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null');
  const json = { 'content-type': 'application/json' };
  try {
    const result = await invoke(name.split(':').at(-1) ?? name, payload);
    outgoing.writeHead(200, json).end(JSON.stringify(result));
  } catch (thrown) {
    const { name: errorType, message: errorMessage } = asHiveMindError(thrown);
    outgoing
      .writeHead(200, { ...json, 'x-amz-function-error': 'Unhandled' })
      .end(JSON.stringify({ errorType, errorMessage }));
  }
}
