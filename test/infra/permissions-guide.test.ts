import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { actionsOf, indirectActions } from './iam-actions.ts';
import { sdkCallsFrom } from './sdk-calls.ts';
import { UNRESTRICTABLE } from './unrestrictable-actions.ts';

const GUIDE = readFileSync(new URL('../../docs/aws-permissions.md', import.meta.url), 'utf8');

interface Policy {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

const policies = [...GUIDE.matchAll(/(<!-- policy: ([\w ]+) -->\n)?```json\n([\s\S]*?)```/g)].map(
  ([, , name = '', text = '']) => ({ name, policy: JSON.parse(text) as Policy }),
);
const [commandLine] = policies.filter(({ name }) => name === 'command line').map(({ policy }) => policy);
const statements = commandLine?.Statement ?? [];

/** What Lambda does for functions is nothing that a person needs. */
const FUNCTIONS_ONLY = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'sqs:SendMessage'];

test('every policy in the guide is one', () => {
  expect(policies).toHaveLength(4);
  for (const { policy } of policies) expect(policy.Version).toBe('2012-10-17');
});

test('the policy for the command line allows the calls that it makes, and nothing more', async () => {
  const apps = readdirSync(new URL('../../apps/api/', import.meta.url));
  const files = apps.filter((file) => file.startsWith('aws-')).map((file) => `apps/api/${file}`);
  const direct = new Set((await sdkCallsFrom(files)).flatMap(actionsOf));
  const indirect = indirectActions(direct).filter((action) => !FUNCTIONS_ONLY.includes(action));
  const allowed = new Set(statements.flatMap(({ Action }) => Action));
  expect([...allowed].sort()).toEqual([...new Set([...direct, ...indirect])].sort());
});

test('the policy for the command line allows on everything only what cannot be allowed on less', () => {
  const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
  const actions = everywhere.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => !UNRESTRICTABLE.includes(action))).toEqual([]);
});
