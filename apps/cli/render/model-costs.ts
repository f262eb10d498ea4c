import type { ModelCostsView, ModelsView } from '../../../src/contracts/models.ts';
import { QUESTION_KINDS } from '../../../src/domain/models/question-kind.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { Colors } from '../output.ts';
import { modelDollars, wholeNumberText } from './model-numbers.ts';
import { budgetText } from './models.ts';
import { textTable } from './table.ts';
import { localTime, section } from './words.ts';

interface Screen {
  readonly paint: Colors;
  readonly width: number | undefined;
}

/** What models cost, most interesting first: the sum, what it grew by, where it goes, and the budgets. */
export function modelCostsText(
  costs: ModelCostsView,
  models: ModelsView | undefined,
  screen: Screen,
): string {
  const { paint } = screen;
  const days = `${costs.since.slice(0, 10)} to ${costs.until.slice(0, 10)}`;
  if (costs.total.calls === 0 && costs.open.calls === 0) return nothingAsked(models, days);
  return [
    `${paint.bold(modelDollars(costs.total.costUsd))} for ${wholeNumberText(costs.total.calls)} calls, ${days}${trendText(costs.trend)}`,
    ...lastWords(costs),
    ...section(`by ${costs.by}`, groupLines(costs, screen), paint),
    ...section('most expensive', callLines(costs, screen), paint),
    ...section('answered by', answeredLines(costs), paint),
    ...section('budgets', budgetLines(models), paint),
  ].join('\n');
}

function nothingAsked(models: ModelsView | undefined, days: string): string {
  const asked = `no model was asked anything, ${days}`;
  return models && models.models.length > 0
    ? asked
    : `${asked}; none is configured: rules answer alone (docs/models.md)`;
}

function trendText({ previousUsd, changePercent }: ModelCostsView['trend']): string {
  if (changePercent === null) return '';
  const more =
    changePercent === 0
      ? 'as much as'
      : `${Math.abs(changePercent)} % ${changePercent > 0 ? 'more' : 'less'} than`;
  return `, ${more} in the same time before (${modelDollars(previousUsd)})`;
}

function lastWords({ projection, open, lost, failures }: ModelCostsView): readonly string[] {
  const { month, spentUsd, projectedUsd } = projection;
  return [
    `${month}: ${modelDollars(spentUsd)} so far, about ${modelDollars(projectedUsd)} by its end`,
    ...(failures > 0 ? [`${wholeNumberText(failures)} calls gave no answer that could be used`] : []),
    ...(open.calls > 0 ? [`${open.calls} being asked, at most ${modelDollars(open.reservedUsd)}`] : []),
    ...(lost.calls > 0
      ? [
          `${lost.calls} were never settled: they count with ${modelDollars(lost.reservedUsd)}, the most that they can have cost`,
        ]
      : []),
  ];
}

function groupLines({ by, groups }: ModelCostsView, screen: Screen): readonly string[] {
  const rows = groups.map((group) => [
    group.name === null ? nameless(by) : singleLine(group.name),
    modelDollars(group.costUsd),
    wholeNumberText(group.calls),
    wholeNumberText(group.inputTokens),
    wholeNumberText(group.outputTokens),
    wholeNumberText(group.cacheReadTokens),
    wholeNumberText(group.cacheWriteTokens),
  ]);
  const head = [by, 'cost', 'calls', 'tokens in', 'out', 'cache read', 'cache written'];
  return textTable(head, rows, indented(screen)).split('\n');
}

const nameless = (by: ModelCostsView['by']): string => (by === 'model' ? 'rules' : 'no deployment');

function callLines({ mostExpensive }: ModelCostsView, screen: Screen): readonly string[] {
  if (mostExpensive.length === 0) return [];
  const rows = mostExpensive.map((call) => [
    modelDollars(call.costUsd),
    localTime(call.askedAt),
    call.agent,
    QUESTION_KINDS[call.kind].title,
    call.deployment === null ? '-' : singleLine(call.deployment),
    call.model === null ? 'rules' : singleLine(call.model),
    `${call.failure ?? call.outcome}${call.isEstimated ? ', a guess' : ''}`,
  ]);
  const head = ['cost', 'when', 'agent', 'about', 'deployment', 'model', 'outcome'];
  return textTable(head, rows, indented(screen)).split('\n');
}

function answeredLines({ levels, cacheHits }: ModelCostsView): readonly string[] {
  const parts = [
    ...Object.entries(levels).map(([level, times]) => ({
      what: level === 'rules' ? 'rules' : `${level} model`,
      times,
    })),
    { what: 'of them from the cache', times: cacheHits.exact + cacheHits.meaning },
  ];
  const shown = parts
    .filter(({ times }) => times > 0)
    .map(({ what, times }) => `${what} ${wholeNumberText(times)}`);
  return shown.length === 0 ? [] : [shown.join(', ')];
}

function budgetLines(models: ModelsView | undefined): readonly string[] {
  if (!models) return [];
  const { budgets, deploymentLimitUsd } = models;
  return [
    ...budgets.map(budgetText),
    ...(deploymentLimitUsd === null
      ? []
      : [`each deployment: ${modelDollars(deploymentLimitUsd)} in all its life`]),
  ];
}

/** A section is moved in by two columns. */
const indented = ({ paint, width }: Screen): Screen => ({
  paint,
  width: width === undefined ? undefined : width - 2,
});
