import type { Anomaly } from './anomaly.ts';
import { escaped, table } from './markdown.ts';
import { attributed } from './model-explanation.ts';

/** What stands out, and who says so; empty when nothing does. */
export function anomaliesTable(anomalies: readonly Anomaly[]): string {
  if (anomalies.length === 0) return '';
  return table(
    ['Severity', 'What', 'Why', 'Evidence'],
    anomalies.map(({ severity, what, explanation, evidence }) => [
      severity === 'warn' ? '! warning' : 'note',
      what,
      escaped(typeof explanation === 'string' ? `by rules: ${explanation}` : attributed(explanation)),
      escaped(evidence),
    ]),
  );
}
