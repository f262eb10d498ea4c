import { posix } from 'node:path';
import * as z from 'zod';
import { type Detector, namesServer } from '../detector-context.ts';
import { maybeText, readManifest } from '../documents.ts';
import { observe, SURE } from '../observation.ts';
import { observeBuiltSite } from '../static-site.ts';

const target = z
  .object({
    builder: maybeText,
    options: z
      .object({
        outputPath: z
          .union([z.string(), z.object({ base: z.string(), browser: maybeText })])
          .optional()
          .catch(undefined),
      })
      .catch({}),
  })
  .optional()
  .catch(undefined);
const targets = z.object({ build: target }).optional().catch(undefined);
const workspace = z.object({
  projects: z.record(z.string(), z.object({ projectType: maybeText, architect: targets, targets })).catch({}),
});

/** The `application` builder writes into a `browser` folder below the output path, the older ones into the path itself. */
export const detectAngular: Detector = async (context) => {
  const { node, folder } = context;
  const dependency = node?.packageJson.dependency('@angular/core');
  if (!node || !dependency || namesServer(context)) return [];
  const manifest = await readManifest(folder, 'angular.json', workspace);
  const projects = Object.entries(manifest?.projects ?? {});
  const [name, project] =
    projects.find(([, { projectType }]) => projectType === 'application') ?? projects[0] ?? [];
  const build = project?.architect?.build ?? project?.targets?.build;
  if (name === undefined || !build) return [];
  const output = build.options.outputPath;
  const base = (typeof output === 'string' ? output : output?.base) ?? posix.join('dist', name);
  const browser = typeof output === 'object' ? (output.browser ?? 'browser') : 'browser';
  const nested = build.builder?.endsWith(':application') ?? false;
  return [
    observe('framework', 'angular', SURE.stated, dependency),
    ...observeBuiltSite(node, {
      directory: nested ? posix.join(base, browser) : base,
      fallback: 'index.html',
      builder: ['ng', 'build'],
      confidence: projects.length === 1 ? SURE.stated : SURE.likely,
      evidence: [
        folder.evidence('angular.json', `project ${name}, builder ${build.builder ?? 'unknown'}`),
        dependency,
      ],
    }),
  ];
};
