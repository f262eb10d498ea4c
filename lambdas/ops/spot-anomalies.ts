import type { ModelAnomaly } from '../../src/domain/anomaly.ts';
import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { LogLine } from '../../src/domain/log-line.ts';
import { attributed } from '../../src/domain/model-explanation.ts';
import { plainAnswer } from '../../src/domain/untrusted-text/plain-answer.ts';
import type { LanguageModel } from '../../src/ports/language-model.ts';
import type { DeploymentMetrics } from '../../src/ports/telemetry.ts';
import { decidedByModel, logUnbelieved, recordUnanswered } from '../../src/stages/model-decision.ts';
import { explanationOf } from '../../src/stages/model-explanation.ts';
import type { Released } from '../../src/stages/outputs.ts';
import { isQuoted } from '../../src/stages/quoted-evidence.ts';
import { shownText } from '../../src/stages/shown-text.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';
import { anomalyQuestion, MOST_ANOMALIES, type ProposedAnomalies, type Shown } from './anomaly-question.ts';
import { metricValues } from './metric-values.ts';

const SHOWN_LINES = 200;
/** Before the redaction, which would not know half a secret, and after it. */
const READ_CHARACTERS = 4_000;
const LINE_CHARACTERS = 400;
const EVIDENCE_CHARACTERS = 200;

export interface SpottingPorts extends StagePorts {
  readonly model: Pick<LanguageModel, 'ask'>;
}

interface Seen {
  readonly released: Released;
  readonly metrics: DeploymentMetrics;
  readonly lines: readonly LogLine[];
}

/** What a model says stands out, each with a line or a number that really shows it. None where no model answers. */
export async function spottedAnomalies(
  ports: SpottingPorts,
  execution: ReleaseExecution,
  { released, metrics, lines }: Seen,
  signal: AbortSignal,
): Promise<readonly ModelAnomaly[]> {
  const { deploymentId } = execution;
  const shown = { metrics: metricValues(metrics), log: logOf(released, lines) };
  if (shown.log === '' && metrics.requests === 0) return [];
  const reply = await ports.model.ask(anomalyQuestion(deploymentId, shown), signal);
  if (!reply.answered) {
    const { reason } = reply;
    await recordUnanswered(ports, execution, { agent: 'ops', what: 'looked for what stands out', reason });
    return [];
  }
  const anomalies = provenAnomalies(shown, reply, (what, why) =>
    logUnbelieved(ports, deploymentId, 'ops', `something that stands out (${what}): ${why}`),
  ).slice(0, MOST_ANOMALIES);
  if (anomalies.length > 0) await record(ports, execution, reply, anomalies);
  return anomalies;
}

function record(
  { store }: SpottingPorts,
  { deploymentId, id: executionId }: ReleaseExecution,
  reply: Answered,
  anomalies: readonly ModelAnomaly[],
): Promise<unknown> {
  const confidence = Math.min(...anomalies.map(({ explanation }) => explanation.confidence));
  const evidence = anomalies.map((anomaly) => anomaly.evidence);
  const said = anomalies.map(({ what, explanation }) => `${what}: ${attributed(explanation)}`);
  return store.appendEvent({
    deploymentId,
    executionId,
    actor: 'ops',
    type: anomalies.some(({ severity }) => severity === 'warn') ? 'warning' : 'decision',
    message: `what stands out: ${said.join('; ')}`,
    data: {
      ...decidedByModel(reply, confidence, evidence),
      anomalies: anomalies.map(({ what, severity }) => `${what} ${severity}`),
    },
  });
}

/** Of the release's own instances: what agents wrote could be forged by whoever can write to a log. */
const logOf = ({ instances }: Released, lines: readonly LogLine[]): string =>
  shownText(
    lines
      .filter(({ source, name }) => source === 'instance' && instances.includes(name))
      .slice(-SHOWN_LINES)
      .map(({ text }) => text.slice(0, READ_CHARACTERS))
      .join('\n'),
  )
    .split('\n')
    .map((line) => line.slice(0, LINE_CHARACTERS))
    .join('\n');

type Answered = Parameters<typeof decidedByModel>[0] & { readonly value: ProposedAnomalies };

/** What is shown by the same line or number counts once. @param drop told of each that does not count */
function provenAnomalies(
  shown: Shown,
  reply: Answered,
  drop: (what: string, why: string) => void,
): readonly ModelAnomaly[] {
  const proven = new Map<string, ModelAnomaly>();
  for (const { what, severity, explanation: text, confidence, quote } of reply.value.anomalies) {
    const evidence = evidenceOf(shown, quote);
    if (evidence === undefined) {
      drop(what, 'neither the log nor a number shows it');
      continue;
    }
    const explanation = explanationOf(reply, { text, confidence });
    if (typeof explanation === 'string') drop(what, explanation);
    else if (!proven.has(evidence)) proven.set(evidence, { what, severity, evidence, explanation });
  }
  return [...proven.values()];
}

/** A number that was measured and is not nothing, or the line of the log that has the quote, as the model was shown it. */
function evidenceOf({ metrics, log }: Shown, quote: string): string | undefined {
  const value = metrics.get(quote.trim());
  if (value !== undefined) return value === null || value === 0 ? undefined : `${quote.trim()}: ${value}`;
  const line = log.split('\n').find((candidate) => isQuoted(candidate, quote));
  return line === undefined ? undefined : `the log: "${plainAnswer(line, EVIDENCE_CHARACTERS)}"`;
}
