/**
 * Prints what the constructs make and what cdk-nag says of it. A program of its own, because Node loads the CDK in a second and
 * jest's module loader in ten.
 */
import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { blueprintApp, synthesizedTemplates } from '../../lib/deployment/blueprint-app.ts';

const packs = (app: App) => [
  new AwsSolutionsChecks(app),
  new NIST80053R5Checks(app),
  new ServerlessChecks(app),
];

/** Rule and resource of everything that the packs complain about. */
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
      .map(([id, reason]) => ({
        finding: `${id.replace(/^annotation::/i, '')} ${construct.node.path}`,
        reason,
        onResource: CfnResource.isCfnResource(construct),
      }))
      .filter(({ finding }) => IS_NAG.test(finding)),
  );

const { app } = blueprintApp();
const merciless = packs(app).map((pack) => Object.assign(pack, { isAcknowledged: () => false }));
console.log(
  JSON.stringify({
    templates: Object.fromEntries(synthesizedTemplates()),
    open: findings(app, packs(app)),
    all: findings(app, merciless),
    accepted: accepted(app),
  }),
);
