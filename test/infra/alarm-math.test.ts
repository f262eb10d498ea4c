import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { controlPlaneFacts, PATIENCE } from './control-plane-template.ts';
import { type DataPoint, mathValue } from './metric-math.ts';

const FOLDER = new URL('../../blueprints/', import.meta.url);
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const METRICS_OF_AN_ALARM = 10;

const querySchema = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  MetricStat: z
    .object({ Metric: z.object({ Namespace: z.string(), Dimensions: z.array(z.unknown()) }) })
    .optional(),
});
const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Properties: z.object({ Metrics: z.array(querySchema).optional() }).default({}) }),
  ),
});

interface MathAlarm {
  readonly name: string;
  readonly expression: string;
  /** Ids of the metrics, by what they are sent with: Lambda tells of every call whether it failed. */
  readonly groups: readonly (readonly string[])[];
}

const mathAlarmsOf = (template: unknown): readonly MathAlarm[] =>
  Object.entries(templateSchema.parse(template).Resources).flatMap(([name, { Properties }]) => {
    const queries = Properties.Metrics ?? [];
    const expression = queries.find(({ Expression }) => Expression !== undefined)?.Expression;
    if (expression === undefined) return [];
    const metrics = queries.flatMap(({ Id, MetricStat }) =>
      MetricStat ? [{ Id, ...MetricStat.Metric }] : [],
    );
    const groups = Map.groupBy(metrics, ({ Id, Namespace, Dimensions }) =>
      Namespace === 'AWS/Lambda' ? JSON.stringify(Dimensions) : Id,
    );
    return { name, expression, groups: [...groups.values()].map((group) => group.map(({ Id }) => Id)) };
  });

let alarms: readonly MathAlarm[];

beforeAll(async () => {
  const facts = await controlPlaneFacts({ thinking: { model: 'amazon.nova-micro-v1:0' } });
  const blueprints = readdirSync(FOLDER).map((file) => readFileSync(new URL(file, FOLDER), 'utf8'));
  const templates = [facts.template('thinking').text, ...blueprints.map((text) => JSON.parse(text))];
  alarms = templates.flatMap(mathAlarmsOf);
}, PATIENCE);

const only = (value: number): readonly DataPoint[] => [{ at: new Date(0), value }];

/** With metrics that have a value, where the others have none. */
const valueWith = ({ expression, groups }: MathAlarm, present: readonly string[], value: number): number => {
  const metrics = groups.flat().map((id) => [id, only(present.includes(id) ? value : Number.NaN)]);
  return mathValue(expression, Object.fromEntries(metrics), 0);
};

test('an alarm has a value as soon as one of its metrics has', () => {
  expect(alarms.length).toBeGreaterThan(20);
  const silent = alarms.flatMap((alarm) =>
    alarm.groups
      .filter((present) => Number.isNaN(valueWith(alarm, present, 1)))
      .map((present) => `${alarm.name}: ${present}`),
  );
  expect(silent).toEqual([]);
});

test('a call of any function that is held back is counted, though nobody calls the others', () => {
  const throttled = alarms.filter(({ name }) => name.includes('functionsthrottled'));
  expect(throttled).toHaveLength(1);
  for (const alarm of throttled)
    for (const present of alarm.groups) expect(valueWith(alarm, present, 3)).toBe(3);
});

test('no alarm has more metrics than CloudWatch takes', () => {
  expect(alarms.filter(({ groups }) => groups.flat().length > METRICS_OF_AN_ALARM)).toEqual([]);
});
