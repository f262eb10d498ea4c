import type { Plugin } from 'esbuild';

const NAMESPACE = 'environment-credentials';

/**
 * Lambda gives a function its credentials in the environment. The SDK would look in a dozen places more, and for some of them it
 * carries clients of services that answer sign-ins of people: none of that belongs into a function.
 */
export const environmentCredentials: Plugin = {
  name: NAMESPACE,
  setup: (build) => {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: NAMESPACE,
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => ({
      contents: `
        import { fromEnv } from '@aws-sdk/credential-provider-env';
        export const defaultProvider = () => fromEnv();`,
      loader: 'js',
      resolveDir: String(pluginData),
    }));
  },
};
