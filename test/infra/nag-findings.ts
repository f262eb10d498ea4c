import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';

const packs = (app: App) => [
  new AwsSolutionsChecks(app),
  new NIST80053R5Checks(app),
  new ServerlessChecks(app),
];

/** Rule and resource of everything that the packs complain about. */
const complaints = (app: App, checks: ReturnType<typeof packs>): readonly string[] =>
  checks.flatMap((pack) =>
    pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      ),
  );

/** The CDK's own checks of templates are acknowledged in the same way, and are not meant here. */
const IS_NAG = /^(?:AwsSolutions|NIST\.800\.53\.R5|Serverless)-/;

interface AcceptedFinding {
  readonly finding: string;
  readonly reason: unknown;
  readonly onResource: boolean;
}

const acceptedIn = (app: App): readonly AcceptedFinding[] =>
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

/** What cdk-nag says of an app: findings that are open, all that there are, and those that the constructs accept. */
export function nagFindings(app: App) {
  const merciless = packs(app).map((pack) => Object.assign(pack, { isAcknowledged: () => false }));
  return { open: complaints(app, packs(app)), all: complaints(app, merciless), accepted: acceptedIn(app) };
}
