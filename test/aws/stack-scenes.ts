import { randomUUID } from 'node:crypto';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import type { Account } from './account.ts';
import type { Fate, ProxiedCall } from './proxy.ts';
import { answer, escaped, refusal } from './query-answers.ts';

/** What happens to a resource, or to the stack when there is no `resource`. */
export interface SceneEvent {
  readonly status: string;
  readonly resource?: string;
  readonly type?: string;
  readonly reason?: string;
}

/** What comes of an operation: the statuses that are seen one after the other, the last of which stays, and its events. */
export interface Course {
  readonly statuses: readonly string[];
  readonly events: readonly SceneEvent[];
}

interface SceneStack {
  readonly name: string;
  readonly id: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly template: string;
  readonly outputs: ReadonlyMap<string, string>;
  parameters: ReadonlyMap<string, string>;
  statuses: readonly string[];
  readonly events: (SceneEvent & { readonly token: string; readonly at: number })[];
}

type Verb = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONTINUE';

/** Failures that moto has no states for are played by a CloudFormation of a few lines, behind the proxy. */
export class StackScenes {
  readonly #account: Account;
  readonly #stacks: SceneStack[] = [];
  readonly #courses = new Map<Verb, Course[]>();
  /** What was asked for, in order: `CREATE token`. */
  readonly operations: string[] = [];

  constructor(account: Account) {
    this.#account = account;
  }

  /** The next operation of this kind takes this course; without one it is left to the emulator, or succeeds. */
  next(verb: Verb, course: Course): void {
    this.#courses.set(verb, [...(this.#courses.get(verb) ?? []), course]);
  }

  /** A stack that is there already. Events are given oldest first. */
  place(
    name: string,
    {
      statuses,
      events,
      token = 'an-older-one',
      tags = {},
      template = '{}',
      parameters = {},
      agedSeconds = 0,
    }: Course & {
      readonly token?: string;
      readonly tags?: Readonly<Record<string, string>>;
      readonly template?: string;
      readonly parameters?: Readonly<Record<string, string>>;
      readonly agedSeconds?: number;
    },
  ): void {
    const at = Date.now() - agedSeconds * 1000;
    this.#stacks.push({
      name,
      id: idOf(name),
      tags: new Map(Object.entries(tags)),
      template,
      parameters: new Map(Object.entries(parameters)),
      outputs: new Map(),
      statuses,
      events: events.map((event) => ({ ...event, token, at })).toReversed(),
    });
  }

  /** Names of the stacks that are there. */
  readonly standing = (): readonly string[] => this.#stacks.map(({ name }) => name);

  /** Ends what goes on at a stack. */
  settle(name: string, status: string): void {
    const stack = this.#find(name);
    if (stack) stack.statuses = [status];
  }

  /** For `openProxy`. */
  readonly decide = async (call: ProxiedCall): Promise<Fate> => {
    if (call.service !== 'cloudformation') return 'pass';
    const body = new URLSearchParams(call.body);
    const name = body.get('StackName') ?? '';
    const stack = this.#find(name);
    if (call.action === 'CreateStack' && this.#courses.get('CREATE')?.length) return this.#create(name, body);
    if (!stack) {
      const ours = call.action === 'UpdateStack' && this.#courses.get('UPDATE')?.length;
      return ours ? this.#update(await this.#takeOver(name), body) : 'pass';
    }
    switch (call.action) {
      case 'DescribeStacks':
        return this.#describe(stack);
      case 'DescribeStackEvents':
        return answer(
          'DescribeStackEvents',
          `<StackEvents>${stack.events.map(eventXml(stack)).join('')}</StackEvents>`,
        );
      case 'GetTemplate':
        return answer('GetTemplate', `<TemplateBody>${escaped(stack.template)}</TemplateBody>`);
      case 'DescribeStackResources':
        return answer('DescribeStackResources', '<StackResources></StackResources>');
      case 'CreateStack':
        return refusal('AlreadyExistsException', `Stack [${name}] already exists`);
      case 'UpdateStack':
        return this.#update(stack, body);
      case 'ContinueUpdateRollback':
        return this.#begin(stack, 'CONTINUE', body);
      case 'DeleteStack':
        return this.#begin(stack, 'DELETE', body);
      default:
        return 'pass';
    }
  };

  #find(nameOrId: string): SceneStack | undefined {
    return this.#stacks.find(({ name, id }) => id === nameOrId || name === nameOrId);
  }

  #create(name: string, body: URLSearchParams): Fate {
    if (this.#find(name)) return refusal('AlreadyExistsException', `Stack [${name}] already exists`);
    this.#stacks.unshift({
      name,
      id: idOf(name),
      tags: pairs(body, 'Tags', 'Key', 'Value'),
      template: body.get('TemplateBody') ?? '{}',
      parameters: parametersOf(body),
      outputs: new Map(),
      statuses: [],
      events: [],
    });
    return this.#begin(this.#stacks[0] as SceneStack, 'CREATE', body);
  }

  /** A stack of the emulator whose update takes a course of ours. */
  async #takeOver(id: string): Promise<SceneStack> {
    const client = new CloudFormationClient(this.#account.settings);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: id }));
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: id }));
    const { StackName = '', Tags = [], Parameters = [], Outputs = [] } = Stacks?.[0] ?? {};
    const stack: SceneStack = {
      name: StackName,
      id,
      tags: new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
      template: TemplateBody ?? '{}',
      parameters: new Map(
        Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
      ),
      outputs: new Map(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
      statuses: [],
      events: [],
    };
    this.#stacks.push(stack);
    return stack;
  }

  /** An update that is rolled back changes nothing. */
  #update(stack: SceneStack, body: URLSearchParams): Fate {
    const begun = this.#begin(stack, 'UPDATE', body);
    if (stack.statuses.at(-1) === 'UPDATE_COMPLETE') stack.parameters = parametersOf(body);
    return begun;
  }

  #begin(stack: SceneStack, verb: Verb, body: URLSearchParams): Fate {
    const token = body.get('ClientRequestToken') ?? '';
    this.operations.push(`${verb} ${token}`);
    const begun = verb === 'CONTINUE' ? 'UPDATE_ROLLBACK_IN_PROGRESS' : `${verb}_IN_PROGRESS`;
    const course = this.#courses.get(verb)?.shift() ?? {
      statuses:
        verb === 'DELETE'
          ? ['DELETE_COMPLETE']
          : [begun, verb === 'CONTINUE' ? 'UPDATE_ROLLBACK_COMPLETE' : `${verb}_COMPLETE`],
      events: [],
    };
    stack.statuses = course.statuses;
    const at = Date.now();
    stack.events.unshift(
      ...[{ status: begun }, ...course.events].toReversed().map((event) => ({ ...event, token, at })),
    );
    return answer(ACTION_OF[verb], `<StackId>${stack.id}</StackId>`);
  }

  #describe(stack: SceneStack): Fate {
    const status = stack.statuses[0] ?? '';
    if (stack.statuses.length > 1) stack.statuses = stack.statuses.slice(1);
    if (status !== 'DELETE_COMPLETE')
      return answer('DescribeStacks', `<Stacks>${stackXml(stack, status)}</Stacks>`);
    this.#stacks.splice(this.#stacks.indexOf(stack), 1);
    return refusal('ValidationError', `Stack with id ${stack.name} does not exist`);
  }
}

const ACTION_OF: Record<Verb, string> = {
  CREATE: 'CreateStack',
  UPDATE: 'UpdateStack',
  DELETE: 'DeleteStack',
  CONTINUE: 'ContinueUpdateRollback',
};

const idOf = (name: string): string =>
  `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/${randomUUID()}`;

const parametersOf = (body: URLSearchParams): ReadonlyMap<string, string> =>
  pairs(body, 'Parameters', 'ParameterKey', 'ParameterValue');

function pairs(body: URLSearchParams, list: string, key: string, value: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let index = 1; ; index += 1) {
    const name = body.get(`${list}.member.${index}.${key}`);
    if (name === null) return found;
    found.set(name, body.get(`${list}.member.${index}.${value}`) ?? '');
  }
}

const members = (entries: ReadonlyMap<string, string>, key: string, value: string): string =>
  [...entries]
    .map(([name, text]) => `<member><${key}>${name}</${key}><${value}>${escaped(text)}</${value}></member>`)
    .join('');

const stackXml = ({ name, id, tags, parameters, outputs }: SceneStack, status: string): string =>
  `<member><StackName>${name}</StackName><StackId>${id}</StackId><StackStatus>${status}</StackStatus>
   <CreationTime>2026-01-01T00:00:00Z</CreationTime><Tags>${members(tags, 'Key', 'Value')}</Tags>
   <Parameters>${members(parameters, 'ParameterKey', 'ParameterValue')}</Parameters><Outputs>${members(outputs, 'OutputKey', 'OutputValue')}</Outputs></member>`;

const eventXml =
  ({ name, id }: SceneStack) =>
  ({ resource, type, status, reason = '', token, at }: SceneStack['events'][number]): string =>
    `<member><StackId>${id}</StackId><StackName>${name}</StackName><EventId>${randomUUID()}</EventId>
     <LogicalResourceId>${resource ?? name}</LogicalResourceId>
     <PhysicalResourceId>${resource ? `physical-${resource}` : id}</PhysicalResourceId>
     <ResourceType>${type ?? 'AWS::CloudFormation::Stack'}</ResourceType><ResourceStatus>${status}</ResourceStatus>
     <ResourceStatusReason>${escaped(reason)}</ResourceStatusReason><ClientRequestToken>${token}</ClientRequestToken>
     <Timestamp>${new Date(at).toISOString()}</Timestamp></member>`;
