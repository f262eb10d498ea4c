import type { Resource } from '../../../ports/resource-inventory.ts';

/** What an ARN says: `arn:aws:ec2:region:account:instance/i-1`, `arn:aws:rds:region:account:db:shop`. */
export interface NamedResource {
  readonly service: string;
  /** The service's own word, empty when it has only one kind of thing. */
  readonly kind: string;
  readonly id: string;
}

export function namedResource(arn: string): NamedResource {
  const [, , service = '', , , ...rest] = arn.split(':');
  const [, kind = '', id = ''] = /^(?:([^:/]+)[:/])?(.*)$/s.exec(rest.join(':')) ?? [];
  return { service, kind, id };
}

/** Words for kinds whose own word does not tell what they are. */
const WORDS: Readonly<Record<string, string>> = {
  'ec2 natgateway': 'nat-gateway',
  'elasticloadbalancing loadbalancer': 'load-balancer',
  'elasticloadbalancing targetgroup': 'target-group',
  'rds db': 'database',
  'rds subgrp': 'database-subnet-group',
  'rds pg': 'database-parameter-group',
  'cloudformation stack': 'stack',
  'secretsmanager secret': 'secret',
};

/** `instance i-1`, `load-balancer app/shop/1`, `ssm-parameter hivemind/…` */
export function readable({ service, kind, id }: NamedResource): Resource {
  const own = service === 'ec2' ? kind : [service, kind].filter((part) => part !== '').join('-');
  return { type: WORDS[`${service} ${kind}`] ?? own, id };
}
