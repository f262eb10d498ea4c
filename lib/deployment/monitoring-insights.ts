import { header, type Subject } from './monitoring-sections.ts';
import { alarmStatus, graph, logs, number, text, type Widget } from './monitoring-widgets.ts';

export function logSection({ deploymentId, logGroup }: Subject): readonly Widget[] {
  const own = `filter @logStream like /^${deploymentId}\\//`;
  const recent = ['fields @timestamp, @logStream, @message', own];
  const matching = (pattern: string): string => `filter @message like /(?i)(${pattern})/`;
  const newest = ['sort @timestamp desc', 'limit 50'];
  return [
    header('Logs', `Streams \`${deploymentId}/<source>/<name>\` of the log group \`${logGroup}\`.`),
    logs('Recent errors', [...recent, matching('error|exception|fatal|panic'), ...newest], { logGroup }),
    logs('Recent warnings', [...recent, matching('warn'), ...newest], { logGroup }),
    logs('Lines in five minutes', [own, 'stats count(*) as lines by bin(5m)'], {
      logGroup,
      view: 'timeSeries',
    }),
    logs('Patterns', [own, 'pattern @message', 'limit 20'], { logGroup }),
  ];
}

/** The same height with tracing and without, so that the sections below stand in one place. */
export function traceSection({ deploymentId }: Subject, group: string, on: boolean): readonly Widget[] {
  const title = 'X-Ray';
  return on
    ? [
        header(title, `Traces of the service **${deploymentId}**; CloudWatch, X-Ray traces, shows its map.`),
        graph(
          'Traces a minute',
          [['AWS/X-Ray', 'ApproximateTraceCount', 'GroupName', group, { stat: 'Sum' }]],
          { width: 24 },
        ),
      ]
    : [header(title, 'Off. Deploy with `--xray` to trace requests.'), text('No traces are recorded.', 6)];
}

/** AWS publishes charges in one region only, and a few times a day: the hours that the dashboard shows may have none. */
const BILLING = { region: 'us-east-1', period: 21_600, stat: 'Maximum', start: '-P30D' };
const CHARGES = ['AWS/Billing', 'EstimatedCharges', 'Currency', 'USD'];
const DAYS_A_MONTH = 30.4;
/** `DATE` is the day of the month; `DAY` would be that of the week. */
const AT_THIS_RATE = `charges / DATE(charges) * ${DAYS_A_MONTH}`;
/** Charges begin at nothing with each month, which is no day of negative costs. */
const A_DAY = 'IF(RATE(charges) > 0, RATE(charges) * 86400, 0)';

export function costSection({ deploymentId }: Subject): readonly Widget[] {
  const byService = `SEARCH('{AWS/Billing,Currency,ServiceName} MetricName="EstimatedCharges"', 'Maximum', 21600)`;
  const hidden = [...CHARGES, { id: 'charges', visible: false }];
  return [
    header(
      'Costs',
      `Charges of the whole account, once billing alerts are on. This deployment alone: Cost Explorer, tag \`hivemind:deployment\` = **${deploymentId}**.`,
    ),
    number('Month to date, USD', [CHARGES], { ...BILLING, width: 12 }),
    number('Projection for the month, USD', [hidden, [{ expression: AT_THIS_RATE, label: 'at this rate' }]], {
      ...BILLING,
      width: 12,
    }),
    graph('Daily trend, USD', [hidden, [{ expression: A_DAY, label: 'a day' }]], { ...BILLING, width: 12 }),
    graph('By service, USD', [[{ expression: byService }]], { ...BILLING, width: 12 }),
  ];
}

export function alarmSection(subject: Subject, alarms: readonly string[]): readonly Widget[] {
  const { deploymentId, logGroup } = subject;
  return [
    header('Alarms and violations', 'Every alarm names its runbook. Violations are what the Sheriff found.'),
    alarmStatus('Alarms', alarms),
    logs(
      'Security findings',
      [
        'fields @timestamp, @message',
        `filter @logStream = "${deploymentId}/agent/sheriff"`,
        'sort @timestamp desc',
        'limit 50',
      ],
      { logGroup, width: 24 },
    ),
  ];
}
