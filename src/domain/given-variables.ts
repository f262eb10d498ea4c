import type { DeploySettings } from './execution.ts';

/** Names of all environment variables that an application is given besides those of its platform: the operator's, then those of fixes. */
export function givenVariables({
  environmentNames,
  variables = {},
}: Pick<DeploySettings, 'environmentNames' | 'variables'>): readonly string[] {
  return [...environmentNames, ...Object.keys(variables).filter((name) => !environmentNames.includes(name))];
}
