/**
 * Prints the template of the control plane for each of the given settings, and what cdk-nag says of the first one. A program of
 * its own, because Node loads the CDK in a second and jest's module loader in ten.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { makeBundles } from '../../lib/control-plane/bundles.ts';
import { FUNCTION_NAMES } from '../../lib/control-plane/functions.ts';
import { ControlPlaneStack } from '../../lib/control-plane/stack.ts';

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

const packs = (app: App) => [
  new AwsSolutionsChecks(app),
  new NIST80053R5Checks(app),
  new ServerlessChecks(app),
];

const findings = (app: App, checks: ReturnType<typeof packs>): readonly string[] =>
  checks.flatMap((pack) =>
    pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      ),
  );

/** The CDK's own checks of templates are acknowledged in the same way, and are not meant here. */
const IS_NAG = /^(?:AwsSolutions|NIST\.800\.53\.R5|Serverless)-/;

const accepted = (app: App) =>
  app.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }): [string, unknown][] => Object.entries(data))
      .map(([id, reason]) => ({ rule: id.replace(/^annotation::/i, ''), path: construct.node.path, reason }))
      .filter(({ rule }) => IS_NAG.test(rule)),
  );

try {
  const all = JSON.parse(process.argv[2] ?? '[{}]') as Settings[];
  const app = appWith(all[0] ?? {});
  const merciless = packs(app).map((pack) => Object.assign(pack, { isAcknowledged: () => false }));
  console.log(
    JSON.stringify({
      results: all.map(templateWith),
      open: findings(app, packs(app)),
      all: findings(app, merciless),
      accepted: accepted(app),
    }),
  );
} finally {
  await bundles.remove();
  rmSync(outdir, { recursive: true, force: true });
}
