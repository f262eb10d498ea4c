import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import prices from '../../src/adapters/aws/prices.json' with { type: 'json' };
import {
  type ControlPlaneFacts,
  controlPlaneFacts,
  PATIENCE,
  type Template,
} from './control-plane-template.ts';

const PAGE = readFileSync(new URL('../../docs/aws.md', import.meta.url), 'utf8');

/** https://aws.amazon.com/cloudwatch/pricing/ and https://aws.amazon.com/kms/pricing/, as of 2026-11. */
const FREE_ALARM_METRICS = 10;
const METRICS_OF_A_FREE_DASHBOARD = 50;
const KEY_USD = 1;

let facts: ControlPlaneFacts<'usual' | 'thinking'>;

beforeAll(async () => {
  facts = await controlPlaneFacts({ usual: {}, thinking: { model: 'amazon.nova-micro-v1:0' } });
}, PATIENCE);

/** An alarm is billed by the metrics it watches, those of an expression each. */
const alarmMetrics = (template: Template): number =>
  template
    .properties('AWS::CloudWatch::Alarm')
    .map(({ Metrics }) => z.array(z.looseObject({})).optional().parse(Metrics))
    .map((queries) => queries?.filter((query) => 'MetricStat' in query).length ?? 1)
    .reduce((sum, count) => sum + count, 0);

/** The fewest that the dashboard shows: a search may find several. */
function dashboardMetrics(template: Template): number {
  const { DashboardBody } = template.only('AWS::CloudWatch::Dashboard');
  const { 'Fn::Join': joined } = z
    .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })
    .parse(DashboardBody);
  const body = joined[1].map((part) => (typeof part === 'string' ? part : 'x')).join('');
  const widget = z.object({ properties: z.object({ metrics: z.array(z.unknown()).default([]) }) });
  const { widgets } = z.object({ widgets: z.array(widget) }).parse(JSON.parse(body));
  return widgets.flatMap(({ properties }) => properties.metrics).length;
}

/** The numbers in the page where `#` stands in the text. */
const numbersIn = (text: string): readonly number[] => {
  const [before = '', after = ''] = text.split('#');
  const parts = PAGE.replaceAll('\n', ' ').split(before).slice(1);
  return parts.flatMap((part) => (part.includes(after) ? Number(part.slice(0, part.indexOf(after))) : []));
};

test('the page knows how many metrics the alarms watch', () => {
  const usual = alarmMetrics(facts.template('usual'));
  expect(numbersIn('at rest: # metrics that alarms watch')).toEqual([usual]);
  const more = alarmMetrics(facts.template('thinking')) - usual;
  expect(numbersIn('a language model with a budget adds # of them')).toEqual([more]);
});

test('the page knows what the control plane costs at rest', () => {
  const template = facts.template('usual');
  expect(dashboardMetrics(template)).toBeGreaterThan(METRICS_OF_A_FREE_DASHBOARD);
  const { alarmMetric, dashboard } = prices.usd;
  const usd =
    (alarmMetrics(template) - FREE_ALARM_METRICS) * alarmMetric +
    template.properties('AWS::CloudWatch::Dashboard').length * dashboard +
    template.properties('AWS::KMS::Key').length * KEY_USD;
  expect(numbersIn('costs about # USD a month while nothing is deployed')).toEqual([usd]);
  expect(numbersIn('| about # USD at rest')).toEqual([usd]);
});
