import { type Detector, namesServer } from '../detector-context.ts';
import {
  frameworkOf,
  packagesOf,
  SERVER_FRAMEWORKS,
  SITE_FRAMEWORKS,
  WEB_FRAMEWORKS,
} from '../frameworks.ts';
import { observe, SURE } from '../observation.ts';

/** Express, Fastify, Hono, Koa and their like, by dependency and, where it can be seen, by import. */
export const detectHttpFramework: Detector = async (context) => {
  const { packageJson, entry } = context;
  if (packageJson?.firstDependency(packagesOf(SERVER_FRAMEWORKS))) return [];
  if (packageJson?.firstDependency(packagesOf(SITE_FRAMEWORKS)) && !namesServer(context)) return [];
  const scan = entry.scan.mainProcess;
  const installed = packagesOf(WEB_FRAMEWORKS).filter((name) => packageJson?.dependency(name));
  const imported = installed.find((name) =>
    scan.files.some((file) => file.text.includes(`'${name}'`) || file.text.includes(`"${name}"`)),
  );
  const chosen = imported ?? installed[0];
  const evidence = chosen === undefined ? undefined : packageJson?.dependency(chosen);
  if (chosen === undefined || !evidence) return [];
  return [
    observe(
      'framework',
      frameworkOf(WEB_FRAMEWORKS, chosen) ?? chosen,
      imported ? SURE.stated : SURE.clear,
      evidence,
    ),
  ];
};
