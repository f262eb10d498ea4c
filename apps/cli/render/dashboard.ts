import type { DeploymentView } from '../../../src/contracts/deployment.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { StatusDetails } from '../commands/status.ts';
import type { Colors } from '../output.ts';
import { fixLines } from './deployment.ts';
import { logLineText } from './log-lines.ts';
import { markdownText } from './markdown.ts';
import { instanceLines, trafficLines } from './metrics.ts';
import { costText } from './preview.ts';
import { waterfallText } from './waterfall.ts';
import { releaseText, resultMark, section, statusText } from './words.ts';

interface DashboardOptions {
  readonly paint: Colors;
  readonly width: number | undefined;
}

/** The details in the order of a dashboard, each under its heading. */
export function detailsText(details: StatusDetails, options: DashboardOptions): readonly string[] {
  const { paint, width } = options;
  const { lines, metrics, costs, traces, report } = details;
  return [
    ...(metrics ? section('instances', orNone(instanceLines(metrics)), paint) : []),
    ...(metrics ? section('load balancer', trafficLines(metrics), paint) : []),
    ...(traces ? section('traces', orNone(waterfallText(traces, paint)), paint) : []),
    ...(lines ? section('logs', orNone(lines.map((line) => logLineText(line, paint))), paint) : []),
    ...(costs ? ['', paint.bold('costs'), costText(costs, options)] : []),
    ...(report === undefined
      ? []
      : ['', width === undefined ? report.trimEnd() : markdownText(report, paint, width)]),
  ];
}

/** The dashboard of the local target: what the CloudWatch one shows, as text. */
export function dashboardText(
  deployment: DeploymentView,
  details: StatusDetails,
  options: DashboardOptions,
): string {
  const { paint } = options;
  const { name, status, url, release, verification } = deployment;
  const applicable = verification.filter(({ result }) => result !== 'not-applicable');
  const passed = applicable.filter(({ result }) => result === 'pass').length;
  const failing = applicable.filter(({ result }) => result !== 'pass');
  const overview = [
    `status    ${statusText(status, paint)}, ${deployment.target}, ${deployment.stage}`,
    `address   ${url === null ? 'none' : singleLine(url)}`,
    `release   ${release === null ? 'none is live' : releaseText(release)}`,
    `verified  ${passed} of ${applicable.length} checks passed`,
    ...failing.map(
      (check) =>
        `  ${resultMark(check.result, paint)} ${singleLine(check.title)}: ${singleLine(check.evidence)}`,
    ),
  ];
  return [
    paint.bold(singleLine(name)),
    ...section('overview', overview, paint),
    ...fixLines(deployment, paint),
    ...detailsText(details, options),
  ].join('\n');
}

const orNone = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? ['none'] : lines);
