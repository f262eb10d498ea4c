import type { Statement } from '../../lib/control-plane/statement.ts';

/** Characters that IAM allows in a managed policy. */
export const MANAGED_POLICY_SIZE = 6_144;

export function policySize(statements: readonly Statement[]): number {
  const document = statements.map(({ sid, denies, actions, resources, conditions }) => ({
    Sid: sid,
    Effect: denies ? 'Deny' : 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions && { Condition: conditions }),
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement: document }).length;
}
