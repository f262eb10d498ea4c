import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, jest } from '@jest/globals';
import { Retry } from '@smithy/core/retry';
import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import type { Deployment } from '../../src/domain/deployment.ts';
import type { Fix } from '../../src/domain/fix.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { openedForAll } from '../fixtures/opened-for-all.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { sessionIn } from './aws-session.ts';
import { PLAIN_APPLICATION, type Weather } from './life-under-faults.ts';
import { type OperatedPlatform, operatedPlatform } from './operated-platform.ts';
import { operations } from './operator.ts';
import type { Fate, ProxiedCall } from './proxy.ts';
import { type SceneEvent, StackScenes } from './stack-scenes.ts';

export interface Said {
  readonly code: number;
  /** Standard output and standard error. */
  readonly text: string;
}

export interface Begun {
  /** The command, which ends with the work or with a question. */
  readonly said: Promise<Said>;
  /** The workflow, which goes on after a question. */
  readonly ended: Promise<void>;
}

/** The topic on which operators are told. */
const ALARM_TOPIC = 'hivemind-alarms';

type Decision = Fate | undefined;

/** The name of the stack that a call makes; undefined for other calls. */
const stackMadeBy = ({ action, body }: ProxiedCall): string | undefined =>
  action === 'CreateStack' ? (new URLSearchParams(body).get('StackName') ?? undefined) : undefined;

/** Whether a call makes the stack of the first release's instances. */
export const makesInstances = (call: ProxiedCall): boolean =>
  stackMadeBy(call)?.endsWith('-compute-blue') === true;

/** An auto scaling group that did not come up. */
export const groupFailed = (reason: string): SceneEvent => ({
  status: 'CREATE_FAILED',
  resource: 'AutoScalingGroup',
  type: 'AWS::AutoScaling::AutoScalingGroup',
  reason,
});

/** An account in which the stack of the instances meets what the test says. */
export class AilingDeploys {
  readonly platform: OperatedPlatform;
  readonly scenes: StackScenes;
  /** What becomes of calls besides; undefined lets them pass. */
  weather: Weather | ((call: ProxiedCall) => Promise<Decision>) = () => undefined;
  readonly #home: Home;

  private constructor(platform: OperatedPlatform, home: Home) {
    this.platform = platform;
    this.scenes = new StackScenes(platform.account);
    this.#home = home;
  }

  static async open(): Promise<AilingDeploys> {
    // The SDK takes a second, doubled each time; what it does is the same.
    jest.spyOn(Retry, 'throttlingDelay').mockReturnValue(1);
    let decide = async (_call: ProxiedCall): Promise<Decision> => undefined;
    const platform = await operatedPlatform({ decide: (call) => decide(call), carriesRuntime: false });
    await new SNSClient(platform.account.settings).send(new CreateTopicCommand({ Name: ALARM_TOPIC }));
    const ailing = new AilingDeploys(platform, homeFrom({ HIVEMIND_HOME: await temporaryFolder() }));
    decide = (call) => ailing.#decide(call);
    return ailing;
  }

  /** The next stack of instances fails to come up with these events, and is rolled back. */
  rollBack(...events: readonly SceneEvent[]): void {
    this.scenes.next('CREATE', {
      statuses: ['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE'],
      events: [...events, { status: 'ROLLBACK_IN_PROGRESS' }, { status: 'ROLLBACK_COMPLETE' }],
    });
  }

  async #decide(call: ProxiedCall): Promise<Decision> {
    const decided = await this.weather(call);
    if (decided !== undefined) return decided;
    if (stackMadeBy(call)?.endsWith('-compute-blue') === false) return undefined;
    const played = await this.scenes.decide(call);
    return played === 'pass' ? undefined : played;
  }

  /** Begins to deploy an application under this name. */
  async begin(
    name: string,
    application: Readonly<Record<string, string>> = PLAIN_APPLICATION,
  ): Promise<Begun> {
    const { folder } = await gitRepository(application);
    const before = (await this.platform.executions('deploy')).length;
    const said = this.run('deploy', folder, '--name', name, '--stage-1');
    const ended = this.platform
      .startedAfter('deploy', before)
      .then((executionId) => this.platform.interpret('deploy', executionId));
    return { said, ended };
  }

  /** Deploys, to the end of the workflow. */
  async deploy(name: string, application?: Readonly<Record<string, string>>): Promise<Said> {
    const { said, ended } = await this.begin(name, application);
    await ended;
    return await said;
  }

  /** Subjects of what operators were told about a deployment. */
  told(name: string): readonly (string | null)[] {
    return this.platform.proxy.calls
      .filter(({ action }) => action === 'Publish')
      .map(({ body }) => new URLSearchParams(body).get('Subject'))
      .filter((subject) => subject?.includes(name));
  }

  async run(...argv: string[]): Promise<Said> {
    const session = await sessionIn(this.platform.proxy.account, { home: this.#home });
    const code = await session.run(...argv);
    return { code, text: session.stdout.text + session.stderr.text };
  }

  async deployment(name: string): Promise<Deployment> {
    const deployment = await this.platform.store.findDeployment(name);
    if (!deployment) throw new Error(`there is no deployment "${name}"`);
    return deployment;
  }

  /** Of the newest execution, oldest first. */
  async fixes(name: string): Promise<readonly Fix[]> {
    const { store } = this.platform;
    const deployment = await store.findDeployment(name);
    if (!deployment) return [];
    const [execution] = await store.listExecutions({ deploymentId: deployment.id });
    return execution ? store.listFixes(execution.id) : [];
  }

  /** The question, once the workflow waits for its answer. */
  async question(name: string): Promise<Fix> {
    const look = async () => (await this.fixes(name)).findLast(({ taskToken }) => taskToken !== null);
    return waitFor(look, { what: 'a question', timeoutMilliseconds: 60_000 });
  }

  /** Types of what history tells about failures and fixes, oldest first. */
  async history(name: string): Promise<readonly string[]> {
    const { id: deploymentId } = await this.deployment(name);
    const events = await this.platform.store.listEvents({ deploymentId });
    return events
      .filter(({ type, actor }) => type.startsWith('fix.') || (type === 'decision' && actor === 'medic'))
      .map(({ type, data }) => ('outcome' in data ? `${type} ${String(data['outcome'])}` : type));
  }

  async whatIsLeft(): Promise<readonly string[]> {
    const { whatIsLeft } = operations(this.platform, this.#home);
    return [...this.scenes.standing(), ...(await whatIsLeft())];
  }

  /** Removes a deployment, after which nothing is left. */
  async destroy(name: string): Promise<Said> {
    const { operate } = operations(this.platform, this.#home);
    const { code, out, err } = await operate('destroy', name, '--confirm', name);
    return { code, text: out + err };
  }
}

const MINUTE = 60_000;

/** The account for all tests of a file; the weather is fair again after each. */
export function ailingDeploysForAll(): () => AilingDeploys {
  const ailing = openedForAll({
    open: () => AilingDeploys.open(),
    close: ({ platform }) => platform.close(),
    timeoutMilliseconds: MINUTE,
  });
  afterEach(() => {
    ailing().weather = () => undefined;
  });
  return ailing;
}
