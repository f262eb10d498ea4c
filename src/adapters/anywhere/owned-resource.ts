import type { OwnedResource } from '../../domain/orphan.ts';

/** A resource of which no more is known than what is given. */
export const ownedResource = (
  facts: Pick<OwnedResource, 'type' | 'id'> & Partial<OwnedResource>,
): OwnedResource => ({
  deploymentId: null,
  since: null,
  blueprint: null,
  stray: false,
  keptFor: null,
  ...facts,
});
