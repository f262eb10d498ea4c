import type { Plugin } from 'esbuild';

/**
 * Parts of the X-Ray SDK that nothing reaches in Lambda: the second version of the AWS SDK (whose version it checks with all of
 * semver), facts about other places to run in, SQL, and decisions about sampling, which Lambda makes.
 */
const ELSEWHERE =
  /[\\/]aws-xray-sdk-core[\\/]dist[\\/]lib[\\/](patchers[\\/]aws_p|segments[\\/]plugins[\\/]\w+|database[\\/]sql_data|middleware[\\/]sampling[\\/]default_sampler)\.js$/;

/** The X-Ray SDK as far as it runs in Lambda. */
export const lambdaTracing: Plugin = {
  name: 'lambda-tracing',
  setup: (build) => {
    build.onLoad({ filter: ELSEWHERE }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};
