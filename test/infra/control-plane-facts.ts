/**
 * Prints the template of the control plane for each of the given settings, and what cdk-nag says of the first one. A program of
 * its own, because Node loads the CDK in a second and jest's module loader in ten.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { makeBundles } from '../../lib/control-plane/bundles.ts';
import { FUNCTION_NAMES } from '../../lib/control-plane/functions.ts';
import { ControlPlaneStack } from '../../lib/control-plane/stack.ts';
import { nagFindings } from './nag-findings.ts';

type Settings = Readonly<Record<string, string>>;

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

/** Functions without code: everything else is looked at here. */
const bundles = await makeBundles(async (outdir) => {
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(outdir, name));
    writeFileSync(join(outdir, name, 'index.mjs'), 'export const handler = async () => ({});\n');
  }
});
const outdir = mkdtempSync(join(tmpdir(), 'hivemind-assembly-'));

function appWith(settings: Settings): App {
  const given = Object.entries(settings).map(([name, value]) => [`hivemind:${name}`, value]);
  const app = new App({
    outdir,
    context: { ...context, ...Object.fromEntries(given) },
    analyticsReporting: false,
  });
  new ControlPlaneStack(app, 'hivemind', { bundles });
  return app;
}

function templateWith(settings: Settings): { template: unknown } | { error: string } {
  try {
    return { template: appWith(settings).synth().getStackByName('hivemind').template };
  } catch (error) {
    return { error: String(error) };
  }
}

try {
  const all = JSON.parse(process.argv[2] ?? '[{}]') as Settings[];
  console.log(JSON.stringify({ results: all.map(templateWith), ...nagFindings(appWith(all[0] ?? {})) }));
} finally {
  await bundles.remove();
  rmSync(outdir, { recursive: true, force: true });
}
