import type { Ailment } from './proposal.ts';

/** Names of the environment variables that the application is known to read: by its source, or by its plan. */
export const readVariables = ({ repository, plan }: Ailment): readonly string[] => [
  ...(repository?.reads ?? []),
  ...(plan?.environment.value.map(({ name }) => name) ?? []),
];
