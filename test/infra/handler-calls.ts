import type { Template } from './control-plane-template.ts';

/** What the handler of a resource type in CloudFormation calls, to create, read, update and delete what our templates describe. */
export interface Handler {
  /** Of the actions that name no service. */
  readonly service: string;
  /** The end of the resource's ARN. */
  readonly resource: (name: string) => string;
  /** The property that has its name, or refers to the resource that the calls are on; without it, CloudFormation makes up a name. */
  readonly nameIn?: string;
  /** Whatever the properties are. */
  readonly actions: readonly string[];
  /** Properties that take nothing else. */
  readonly plain: readonly string[];
  readonly properties?: Readonly<Record<string, readonly string[]>>;
}

export interface Call {
  readonly action: string;
  /** ARN, or `*` for an action that knows no resources. */
  readonly on: string;
}

/** Those among the calls of handlers: the Service Authorization Reference of AWS. */
const ON_NOTHING: readonly string[] = [
  'kms:CreateKey',
  'kms:ListAliases',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeIndexPolicies',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];

const ACCOUNT = 'ACCOUNT';
const REGION = 'REGION';

/** As in the guide, with the words that stand for region and account. */
function arn(service: string, resource: string): string {
  if (service === 's3') return `arn:aws:s3:::${resource}`;
  const isGlobal = ['iam', 'budgets'].includes(service) || resource.startsWith('dashboard/');
  return `arn:aws:${service}:${isGlobal ? '' : REGION}:${ACCOUNT}:${resource}`;
}

/** What a resource of another service is, that a handler uses: a role, a key, or the code that the CDK has published. */
const OTHERS: Readonly<Record<string, string>> = {
  iam: arn('iam', 'role/hivemind-control-plane/hivemind-Role'),
  kms: arn('kms', 'key/id'),
  s3: `arn:aws:s3:::cdk-hnb659fds-assets-${ACCOUNT}-${REGION}/asset.zip`,
};

/**
 * What CloudFormation calls to make, change and remove the resources of a template.
 *
 * @throws {Error} a type or a property of which the table does not say what it takes
 */
export function handlerCalls(
  { text }: Template,
  handlers: Readonly<Record<string, Handler>>,
): readonly Call[] {
  const nameOf = (id: string, { nameIn }: Handler): string => {
    const given = nameIn === undefined ? undefined : text.Resources[id]?.Properties[nameIn];
    if (given === undefined) return `hivemind-${id}`;
    if (typeof given === 'string') return given;
    const named = Object.keys(text.Resources).find((other) => JSON.stringify(given).includes(`"${other}"`));
    return named === undefined ? budgetName(given) : nameOf(named, handlerOf(named));
  };
  const handlerOf = (id: string): Handler => {
    const type = text.Resources[id]?.Type ?? '';
    const handler = handlers[type];
    if (handler) return handler;
    throw new Error(`what CloudFormation calls for ${type} is not in the table`);
  };
  return Object.entries(text.Resources).flatMap(([id, { Type, Properties }]) => {
    const handler = handlerOf(id);
    const own = arn(handler.service, handler.resource(nameOf(id, handler)));
    const actions = [
      ...handler.actions,
      ...Object.keys(Properties).flatMap((property) => actionsOf(Type, handler, property)),
    ];
    return actions.map((action) => callOf(action, handler.service, own));
  });
}

const budgetName = (budget: unknown): string => String(Object(budget)['BudgetName']);

function actionsOf(type: string, { plain, properties = {} }: Handler, property: string): readonly string[] {
  const actions = plain.includes(property) ? [] : properties[property];
  if (actions) return actions;
  throw new Error(`what CloudFormation calls for ${property} of ${type} is not in the table`);
}

function callOf(name: string, service: string, own: string): Call {
  const isOther = name.includes(':');
  const action = isOther ? name : `${service}:${name}`;
  if (ON_NOTHING.includes(action)) return { action, on: '*' };
  return { action, on: isOther ? (OTHERS[action.split(':')[0] ?? ''] ?? '*') : own };
}
