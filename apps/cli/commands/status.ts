import { costsDocument, logsDocument, metricsDocument, reportDocument } from '../../../src/contracts/api.ts';
import {
  type DeploymentView,
  deploymentDocument,
  deploymentListDocument,
} from '../../../src/contracts/deployment.ts';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import type { StatusOptions } from '../definitions/observing.ts';
import type { Output } from '../output.ts';
import { deploymentText } from '../render/deployment.ts';
import { frozenText } from '../render/freeze.ts';
import type { Trace } from '../render/waterfall.ts';
import type { Connection } from '../server/connection.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

const LOG_LINES = 20;

/** Everything that was asked for besides the deployment itself. */
export interface StatusDetails {
  readonly lines?: ReturnType<typeof logsDocument.parse>['lines'];
  readonly metrics?: ReturnType<typeof metricsDocument.parse>['metrics'];
  readonly costs?: ReturnType<typeof costsDocument.parse>['costs'];
  readonly traces?: readonly Trace[];
  readonly report?: string;
}

/** Shows one deployment, with the details that the options name. */
export async function status(
  context: CommandContext,
  name: string | undefined,
  options: StatusOptions,
): Promise<number> {
  const { output } = context;
  const connection = await connectionFor(context, name);
  const known = name ?? (await onlyName(connection));
  const [{ deployment, freeze }, details] = await Promise.all([
    connection.get(deploymentPath(known), deploymentDocument),
    detailsOf(connection, known, options),
  ]);
  if (output.json) {
    output.document({ deployment, ...(freeze && { freeze }), ...details });
    return EXIT.ok;
  }
  if (freeze) output.note(frozenText(freeze, output.notePaint));
  output.print(await statusText(output, deployment, details, options));
  return EXIT.ok;
}

async function statusText(
  { paint, width }: Output,
  deployment: DeploymentView,
  details: StatusDetails,
  options: StatusOptions,
): Promise<string> {
  if (Object.keys(details).length === 0) return deploymentText(deployment, paint);
  const { dashboardText, detailsText } = await import('../render/dashboard.ts');
  return options.showDashboard
    ? dashboardText(deployment, details, { paint, width })
    : [deploymentText(deployment, paint), ...detailsText(details, { paint, width })].join('\n');
}

async function onlyName(connection: Connection): Promise<string> {
  const { deployments } = await connection.get('/v1/deployments', deploymentListDocument);
  const [first, ...others] = deployments;
  if (first && others.length === 0) return first.name;
  if (!first) {
    throw new HiveMindError('DeploymentNotFound', 'there is no deployment', {
      hint: '"hivemind deploy SOURCE" makes one; "hivemind list --all" shows destroyed ones',
    });
  }
  throw new HiveMindError(
    'InvalidInput',
    `there are ${deployments.length} deployments, so one has to be named`,
    {
      hint: `write "hivemind status NAME" with one of: ${deployments.map(({ name }) => name).join(', ')}`,
    },
  );
}

async function detailsOf(
  connection: Connection,
  name: string,
  options: StatusOptions,
): Promise<StatusDetails> {
  const all = options.showDashboard === true;
  const [logs, metrics, costs, traces, report] = await Promise.all([
    (all || options.showLogs) &&
      connection.get(deploymentPath(name, `/logs?sources=instance&tail=${LOG_LINES}`), logsDocument),
    (all || options.showMetrics) && connection.get(deploymentPath(name, '/metrics'), metricsDocument),
    (all || options.showCosts) && connection.get(deploymentPath(name, '/costs'), costsDocument),
    (all || options.showTraces) && tracesFor(connection, name),
    options.report && connection.get(deploymentPath(name, '/report'), reportDocument),
  ]);
  return {
    ...(logs ? { lines: logs.lines } : {}),
    ...(metrics ? { metrics: metrics.metrics } : {}),
    ...(costs ? { costs: costs.costs } : {}),
    ...(traces ? { traces } : {}),
    ...(report ? { report: report.report } : {}),
  };
}

async function tracesFor(connection: Connection, name: string) {
  const [{ allEvents }, { tracesOf }] = await Promise.all([
    import('./history.ts'),
    import('../render/waterfall.ts'),
  ]);
  return tracesOf(await allEvents(connection, name));
}
