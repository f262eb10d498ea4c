import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type DataPoint, mathValue } from './metric-math.ts';

const FOLDER = new URL('../../blueprints/', import.meta.url);
const DAY_MILLISECONDS = 86_400_000;

const dashboardSchema = z.object({
  Resources: z.object({
    Dashboard: z.object({
      Properties: z.object({
        DashboardBody: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
      }),
    }),
  }),
});
const widgetSchema = z.object({
  title: z.string().optional(),
  metrics: z.array(z.unknown()).optional(),
  region: z.string().optional(),
  start: z.string().optional(),
});
const bodySchema = z.object({ widgets: z.array(z.object({ properties: widgetSchema.optional() })) });

const isCondition = (part: unknown): boolean => Object.keys(Object(part)).includes('Fn::If');

/** CloudFormation fills in names and regions; the section in a condition is not looked at. */
function widgetsOf(file: string): readonly z.infer<typeof widgetSchema>[] {
  const { Resources } = dashboardSchema.parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  const [, parts] = Resources.Dashboard.Properties.DashboardBody['Fn::Join'];
  const filled = parts.map((part) => (typeof part === 'string' ? part : isCondition(part) ? '{}' : 'x'));
  const { widgets } = bodySchema.parse(JSON.parse(filled.join('')));
  return widgets.map(({ properties }) => properties ?? {});
}

const lineSchema = z.object({ expression: z.string() });

function expressionOf(file: string, title: string): string {
  const metrics = widgetsOf(file).find((widget) => widget.title === title)?.metrics ?? [];
  const [found] = metrics.flat().flatMap((part) => lineSchema.safeParse(part).data ?? []);
  return found?.expression ?? '';
}

/** An application that costs 3 dollars a day, through July and into August, where what is charged begins again at nothing. */
const charges: readonly DataPoint[] = Array.from({ length: 40 }, (_, day) => {
  const at = new Date(Date.UTC(2026, 6, 1, 23) + day * DAY_MILLISECONDS);
  return { at, value: 3 * at.getUTCDate() };
});
const FIRST_OF_AUGUST = 31;

const files = readdirSync(FOLDER).filter((file) => file.startsWith('monitoring.'));

describe.each(files)('the costs in %s', (file) => {
  const valuesOf = (title: string) =>
    charges.map((_, index) => mathValue(expressionOf(file, title), { charges }, index));

  test('are projected from the days of the month that have gone', () => {
    for (const projected of valuesOf('Projection for the month, USD')) expect(projected).toBeCloseTo(91.2);
  });

  test('are shown for each day, and never below nothing', () => {
    const values = valuesOf('Daily trend, USD');
    expect(values[FIRST_OF_AUGUST]).toBe(0);
    for (const value of values.toSpliced(FIRST_OF_AUGUST, 1).slice(1)) expect(value).toBeCloseTo(3);
  });

  test('are looked for in a month, because some hours have none', () => {
    const billing = widgetsOf(file).filter(({ region }) => region === 'us-east-1');
    expect(billing.map(({ title, start }) => [title, start])).toEqual([
      ['Month to date, USD', '-P30D'],
      ['Projection for the month, USD', '-P30D'],
      ['Daily trend, USD', '-P30D'],
      ['By service, USD', '-P30D'],
    ]);
  });
});
