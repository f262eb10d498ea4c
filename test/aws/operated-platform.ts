import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../../bin/bundle-programs.ts';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import type { ControlPlane } from '../../src/adapters/aws/control-plane.ts';
import { LocalWorkflowRunner } from '../../src/adapters/local/workflow-runner.ts';
import type { WorkflowName } from '../../src/domain/execution.ts';
import { AGENTS, type AgentName } from '../../src/domain/stage.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';
import type { Agent, TaskAnswer } from '../../src/stages/stage-context.ts';
import { openAccount } from './account.ts';
import { become } from './aws-session.ts';
import { makeBuildProject } from './build-project.ts';
import { type CodeBuildStandIn, codeBuildStandIn, type Instead } from './codebuild-stand-in.ts';
import { type InstanceOrder, instanceStandIn } from './instance-stand-in.ts';
import { operatedAccount } from './operated-account.ts';
import { type Functions, loadFunctions, type OperatedFunction } from './operated-functions.ts';
import { OperatedInstances } from './operated-instances.ts';
import { type Answered, type AwsProxy, type Fate, openProxy, type ProxiedCall } from './proxy.ts';
import { TaskTokens } from './task-tokens.ts';

export type Operated = Awaited<ReturnType<typeof operatedAccount>>;

export interface OperatedPlatform extends Operated {
  readonly proxy: AwsProxy;
  readonly functions: Functions;
  readonly codebuild: CodeBuildStandIn;
  /** What instances were told through Systems Manager. */
  readonly orders: readonly InstanceOrder[];
  readonly machines: OperatedInstances;
  readonly taskTokens: TaskTokens;
  /** Runs the workflow of an execution to its end in the interpreter, each task by its function. */
  interpret(workflow: WorkflowName, executionId: string): Promise<void>;
  close(): Promise<void>;
}

export interface OperatedOptions {
  /** Decides before everything else; undefined lets the others decide. */
  readonly decide?: (call: ProxiedCall) => Fate | undefined | Promise<Fate | undefined>;
  /** Whether artifacts carry their Node, which takes seconds to pack. @default true */
  readonly carriesRuntime?: boolean;
  /** Calls a function for a task of a workflow. @default it is called once */
  readonly invoke?: Invoke;
  /** Sees what the emulator answers. */
  readonly observe?: (call: ProxiedCall, answer: Answered) => void;
  /** What becomes of a build. @default its program runs */
  readonly build?: Instead;
  /** Which language models the control plane has. @default none */
  readonly models?: ControlPlane['models'];
  /** Of functions and the operator, besides what leads them to the account. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the instance program prints. @default one on which everything goes well */
  readonly answer?: (order: InstanceOrder) => object | undefined;
}

export type Invoke = (task: {
  readonly agent: AgentName;
  readonly event: unknown;
  readonly call: OperatedFunction;
}) => Promise<unknown>;

const callOnce: Invoke = ({ event, call }) => call(event);

/**
 * An account with a control plane: the functions as they are deployed, on the emulator. It has no data plane, so three things are
 * served here: a load balancer that answers for the application, the instances' answers to Systems Manager, and CodeBuild.
 */
export async function operatedPlatform(options: OperatedOptions = {}): Promise<OperatedPlatform> {
  const direct = await openAccount();
  const application = await loadBalancerStandIn();
  const machines = new OperatedInstances();
  const instances = instanceStandIn({
    answer: (order) => options.answer?.(order) ?? machines.answer(order),
  });
  const codebuild = codeBuildStandIn(direct, { instead: options.build });
  const taskTokens = new TaskTokens();
  const { invoke = callOnce } = options;
  let isWorking = false;
  const standsIn = async (call: ProxiedCall): Promise<Fate | undefined> =>
    instances.decide(call) ??
    (await taskTokens.decide(call)) ??
    managed(call) ??
    (await codebuild.decide(call));
  const decide = async (call: ProxiedCall): Promise<Fate> => {
    machines.watch(call);
    const chosen = isWorking ? await options.decide?.(call) : undefined;
    // What stands in has executed the call, and nobody hears of it.
    if (chosen === 'lose' || chosen === 'cut') return (await standsIn(call)) ? 'refuse' : chosen;
    return chosen ?? (await standsIn(call)) ?? addressed(call, application.url);
  };
  const proxy = withVariables(await openProxy(direct, decide, options.observe), options.environment);
  become(proxy.account.environment);
  const operated = await operatedAccount(proxy.account, options.models ? { models: options.models } : {});
  await makeBuildProject(direct, operated.controlPlane.buildProject);
  if (options.carriesRuntime === false) process.env['HIVEMIND_BARE_ARTIFACTS'] = 'true';
  const programs = join(tmpdir(), `hivemind-programs-${process.pid}`);
  await Promise.all([bundleProgram('build-runner', programs), bundleProgram('instance', programs)]);
  const functions = await loadFunctions(proxy.account, operated.controlPlane, programs);
  isWorking = true;
  return {
    ...operated,
    proxy,
    functions,
    codebuild,
    orders: instances.orders,
    machines,
    taskTokens,
    interpret: (workflow, executionId) =>
      interpret(operated, { functions, taskTokens, invoke }, workflow, executionId),
    close: async () => {
      await codebuild.close();
      await proxy.close();
      await application.close();
    },
  };
}

const withVariables = (proxy: AwsProxy, variables: OperatedOptions['environment']): AwsProxy => ({
  ...proxy,
  account: { ...proxy.account, environment: { ...proxy.account.environment, ...variables } },
});

/** What is to recover meanwhile recovers at once here. */
const RETRY_MILLISECONDS = 100;

async function interpret(
  { store }: Operated,
  {
    functions,
    taskTokens,
    invoke,
  }: Pick<OperatedPlatform, 'functions' | 'taskTokens'> & { readonly invoke: Invoke },
  workflow: WorkflowName,
  executionId: string,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const agents = Object.fromEntries(
    AGENTS.map((name): [AgentName, Agent] => [
      name,
      async (event) => {
        taskTokens.notice(event, runner);
        return (await invoke({ agent: name, event, call: functions[name] })) as TaskAnswer;
      },
    ]),
  ) as Record<AgentName, Agent>;
  const execution = await store.findExecution(executionId);
  const runner = new LocalWorkflowRunner({
    store: withoutStates(store),
    clock: systemClock,
    agents,
    onEnd: () => ended.resolve(),
    pauseMilliseconds: 0,
    retryMilliseconds: RETRY_MILLISECONDS,
  });
  await runner.start(workflow, executionId, execution?.deploymentId ?? '');
  await ended.promise;
}

/** Step Functions keeps the states of an execution itself; the table has none of them. */
const withoutStates = (store: DeploymentStore): DeploymentStore => ({
  ...store,
  appendEvent: async (event) =>
    event.type.startsWith('state.')
      ? { ...event, sequence: 0, time: systemClock.now() }
      : store.appendEvent(event),
});

/** The emulator does not know which instances Systems Manager reaches: all of them. */
function managed({ service, action, body }: ProxiedCall): Fate | undefined {
  if (service !== 'ssm' || action !== 'DescribeInstanceInformation') return undefined;
  const { Filters = [] } = JSON.parse(body) as { Filters?: { Values: string[] }[] };
  const InstanceInformationList = Filters.flatMap(({ Values }) => Values).map((InstanceId) => ({
    InstanceId,
    PingStatus: 'Online',
  }));
  return { status: 200, body: JSON.stringify({ InstanceInformationList }) };
}

/** The address that the emulator gives a load balancer leads nowhere. */
const addressed = ({ service, action }: ProxiedCall, url: string): Fate =>
  service === 'cloudformation' && action === 'DescribeStacks'
    ? { rewrite: (body) => body.replaceAll(/https?:\/\/[^<\s]*\.elb\.[^<\s]*amazonaws\.com(:\d+)?/g, url) }
    : 'pass';

async function loadBalancerStandIn() {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ path: request.url }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the load balancer does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
