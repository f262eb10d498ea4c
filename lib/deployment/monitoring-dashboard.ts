import { type CfnCondition, Fn } from 'aws-cdk-lib';
import { alarmSection, costSection, logSection, traceSection } from './monitoring-insights.ts';
import { database, infrastructure, loadBalancing, overview, type Subject } from './monitoring-sections.ts';
import type { Widget } from './monitoring-widgets.ts';

const COLUMNS = 24;

interface DashboardParts {
  readonly subject: Subject;
  /** ARNs. */
  readonly alarms: readonly string[];
  readonly traceGroup: string;
  readonly isTraced: CfnCondition;
}

/** The body of the dashboard: eight sections, one below the other. */
export function dashboardBody({ subject, alarms, traceGroup, isTraced }: DashboardParts): string {
  const page = new Page();
  const above = [overview, infrastructure, loadBalancing, database, logSection].map((section) =>
    page.add(section(subject)),
  );
  const traced = page.tryOut(traceSection(subject, traceGroup, true));
  const untraced = page.add(traceSection(subject, traceGroup, false));
  const below = [page.add(costSection(subject)), page.add(alarmSection(subject, alarms))];
  const traces = Fn.conditionIf(isTraced.logicalId, traced, untraced).toString();
  return `{"start":"-PT3H","periodOverride":"inherit","widgets":[${[...above, traces, ...below].join(',')}]}`;
}

/** Gives widgets their places: from left to right, then from top to bottom. */
class Page {
  #bottom = 0;

  /** @returns the widgets as JSON, joined by commas */
  add(widgets: readonly Widget[]): string {
    let [x, y, bottom] = [0, this.#bottom, this.#bottom];
    const placed = widgets.map((widget) => {
      if (x + widget.width > COLUMNS) [x, y] = [0, bottom];
      const place = { x, y };
      x += widget.width;
      bottom = Math.max(bottom, y + widget.height);
      return JSON.stringify({ ...place, ...widget });
    });
    this.#bottom = bottom;
    return placed.join(',');
  }

  /** Like `add`, for widgets in whose place others may be. */
  tryOut(widgets: readonly Widget[]): string {
    const top = this.#bottom;
    const placed = this.add(widgets);
    this.#bottom = top;
    return placed;
  }
}
