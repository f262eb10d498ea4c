import { TAGGED } from '../grants.ts';
import { arnOf, type Bounded } from '../places.ts';
import type { Statement } from '../statement.ts';
import type { ActionsOn, ResourceType, ResourceTypes } from './resource-type.ts';

const union = (lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())];

/** What CloudFormation may do for these resource types, as few statements as that can be said in. */
export function typeStatements(types: ResourceTypes, places: Bounded): readonly Statement[] {
  const services = union(Object.values(types).map(({ service }) => [service]));
  return services.flatMap((service) => {
    const ours = Object.values(types).filter((type) => type.service === service);
    return [
      statement(service, 'Make', places, ours, ({ make }) => make),
      tagStatement(service, places, ours),
      statement(service, 'Read', places, ours, ({ read }) => read),
      { ...statement(service, 'Change', places, ours, ({ change }) => change), conditions: TAGGED },
      statement(service, 'Own', places, ours, ({ changeByName }) => changeByName),
      lookStatement(service, ours),
    ].filter(({ actions }) => actions.length > 0);
  });
}

const WHY = {
  Make: 'The names of what a stack makes are made by CloudFormation; only these kinds are allowed.',
  Tag: 'Ids are made by AWS; tags are given only by the call that makes something.',
  Read: 'Reading single ones is checked against all of their kind.',
  Change: 'Ids are made by AWS; the tag of a deployment says what may be touched.',
  Own: 'Names start or end with what the blueprints give them, or not all of the kind carry tags.',
} as const;

function statement(
  service: string,
  sid: keyof typeof WHY,
  places: Bounded,
  types: readonly ResourceType[],
  part: (type: ResourceType) => ActionsOn | undefined,
): Statement {
  const parts = types.map(part).filter((found) => found !== undefined);
  return {
    sid: `${sid}${titled(service)}`,
    actions: union(parts.map(({ actions }) => actions.map((action) => `${service}:${action}`))),
    resources: union(parts.map(({ on }) => on.map((kind) => kindArn(places, service, kind)))),
    why: WHY[sid],
  };
}

function tagStatement(service: string, places: Bounded, types: readonly ResourceType[]): Statement {
  const within = union(types.map(({ tag }) => tag?.within ?? []));
  return {
    ...statement(service, 'Tag', places, types, ({ tag }) => tag),
    conditions: { StringEquals: { [`${service}:CreateAction`]: within } },
  };
}

function lookStatement(service: string, types: readonly ResourceType[]): Statement {
  const actions = union(types.map(({ look = [] }) => look.map((action) => `${service}:${action}`)));
  return {
    sid: `Look${titled(service)}`,
    actions,
    resources: ['*'],
    why: 'These actions only list and describe; the service knows no resource for them.',
  };
}

/** ARNs of IAM and of dashboards have no region. */
function kindArn(places: Bounded, service: string, kind: string): string {
  const isGlobal = service === 'iam' || kind.startsWith('dashboard/');
  return arnOf(isGlobal ? { ...places, region: '' } : places, service, kind);
}

const titled = (service: string): string => service.charAt(0).toUpperCase() + service.slice(1);
