import { Aws } from 'aws-cdk-lib';

/** One widget of a dashboard, before it has its place. Width is in 24ths of the dashboard. */
export interface Widget {
  readonly type: 'text' | 'metric' | 'log' | 'alarm' | 'explorer';
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** `[namespace, name, dimension, value, ..., options]`, or `[{expression}]`. */
export type Line = readonly unknown[];

interface GraphOptions {
  readonly stat?: string;
  readonly view?: 'timeSeries' | 'singleValue';
  readonly width?: number;
  readonly region?: string;
  /** Seconds. */
  readonly period?: number;
  readonly unit?: string;
  /** Such as `-P30D`, where the time that the dashboard shows is not what to look at. */
  readonly start?: string;
}

const GRAPH_HEIGHT = 6;

export const text = (markdown: string, height = 2, width = 24): Widget => ({
  type: 'text',
  width,
  height,
  properties: { markdown },
});

export function graph(title: string, metrics: readonly Line[], options: GraphOptions = {}): Widget {
  const {
    stat = 'Average',
    view = 'timeSeries',
    width = 8,
    region = Aws.REGION,
    period = 60,
    unit,
    start,
  } = options;
  return {
    type: 'metric',
    width,
    height: view === 'singleValue' ? 4 : GRAPH_HEIGHT,
    properties: {
      title,
      metrics,
      stat,
      view,
      region,
      period,
      ...(start && { start }),
      ...(unit && { yAxis: { left: { label: unit, showUnits: false, min: 0 } } }),
    },
  };
}

export const number = (title: string, metrics: readonly Line[], options: GraphOptions = {}): Widget =>
  graph(title, metrics, { view: 'singleValue', width: 6, ...options });

/** All metrics that match, one line each: also of instances that do not exist yet. */
export const search = (query: string, stat: string, label = ''): Line => [
  { expression: `SEARCH('${query}', '${stat}', 60)`, ...(label && { label }) },
];

/** The answer to a query of CloudWatch Logs Insights. */
export const logs = (
  title: string,
  query: readonly string[],
  options: { readonly logGroup: string; readonly view?: 'table' | 'timeSeries'; readonly width?: number },
): Widget => ({
  type: 'log',
  width: options.width ?? 12,
  height: GRAPH_HEIGHT,
  properties: {
    title,
    region: Aws.REGION,
    view: options.view ?? 'table',
    stacked: false,
    query: [`SOURCE '${options.logGroup}'`, ...query].join(' | '),
  },
});

/** Metrics of every instance with this tag, a line an instance. */
export const perInstance = (metricName: string, stat: string, deploymentId: string): Widget => ({
  type: 'explorer',
  width: 24,
  height: GRAPH_HEIGHT,
  properties: {
    metrics: [{ metricName, resourceType: 'AWS::EC2::Instance', stat }],
    labels: [{ key: 'hivemind:deployment', value: deploymentId }],
    widgetOptions: { legend: { position: 'bottom' }, view: 'timeSeries', rowsPerPage: 1, widgetsPerRow: 1 },
    period: 60,
    splitBy: '',
    title: `${metricName} of each instance`,
  },
});

export const alarmStatus = (title: string, alarms: readonly string[]): Widget => ({
  type: 'alarm',
  width: 24,
  height: 4,
  properties: { title, alarms },
});
