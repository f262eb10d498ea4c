import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import * as z from 'zod';

/** Clients say in their calls which version they are, and for that import all of their manifest. */
const MANIFEST = /[\\/]node_modules[\\/](@aws-sdk[\\/][\w-]+|aws-xray-sdk-core)[\\/]package\.json$/;

const manifest = z.object({ name: z.string(), version: z.string() });

/** Of the manifests of packages, who they are. */
export const packageVersions: Plugin = {
  name: 'package-versions',
  setup: (build) => {
    build.onLoad({ filter: MANIFEST }, async ({ path }) => ({
      contents: JSON.stringify(manifest.parse(JSON.parse(await readFile(path, 'utf8')))),
      loader: 'json',
    }));
  },
};
