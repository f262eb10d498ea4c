import { readFileSync } from 'node:fs';

const GUIDE = readFileSync(new URL('../../docs/aws-permissions.md', import.meta.url), 'utf8');

export interface PolicyStatement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

interface GuidePolicy {
  /** Of those that a comment names. */
  readonly name: string;
  readonly policy: { readonly Version: string; readonly Statement: readonly PolicyStatement[] };
}

/** The policies in docs/aws-permissions.md. */
export const GUIDE_POLICIES: readonly GuidePolicy[] = [
  ...GUIDE.matchAll(/(<!-- policy: ([\w ]+) -->\n)?```json\n([\s\S]*?)```/g),
].map(([, , name = '', text = '']) => ({ name, policy: JSON.parse(text) as GuidePolicy['policy'] }));

/** Of the policy with this name. */
export const statementsOf = (name: string): readonly PolicyStatement[] =>
  GUIDE_POLICIES.filter((one) => one.name === name).flatMap(({ policy }) => policy.Statement);
