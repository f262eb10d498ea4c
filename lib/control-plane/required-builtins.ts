import { createRequire, isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'builtin';
const require = createRequire(import.meta.url);

/**
 * Imports of Node's own modules as `require`. An `import` of `node:http` reads every export of it at once, and one of them loads the
 * whole of fetch and WebSocket: a third of the time that a function takes to start, for nothing that it uses.
 */
export const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup: (build) => {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path)
        ? { path: path.replace(/^node:/, ''), namespace: NAMESPACE, sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: moduleOf(path),
      loader: 'js',
    }));
  },
};

/** Each export by itself, so that those that nobody imports are left out, and not even looked at. */
function moduleOf(name: string): string {
  const exported = Object.keys(require(`node:${name}`)).filter((key) => /^[A-Za-z_$][\w$]*$/.test(key));
  return [
    `const module = require(${JSON.stringify(`node:${name}`)});`,
    'export default module;',
    ...exported
      .filter((key) => key !== 'default')
      .map(
        (key, index) =>
          `const e${index} = /* @__PURE__ */ (() => module.${key})(); export { e${index} as ${key} };`,
      ),
  ].join('\n');
}
