import { ACCESS_CAUSES } from './access-causes.ts';
import { APPLICATION_CAUSES } from './application-causes.ts';
import { BUILD_CAUSES } from './build-causes.ts';
import { INFRASTRUCTURE_CAUSES } from './infrastructure-causes.ts';

/** Everything that a failure can be put down to; `unknown` is the honest rest. */
export const CAUSES = {
  ...BUILD_CAUSES,
  ...APPLICATION_CAUSES,
  ...INFRASTRUCTURE_CAUSES,
  ...ACCESS_CAUSES,
};

export type CauseId = keyof typeof CAUSES;
