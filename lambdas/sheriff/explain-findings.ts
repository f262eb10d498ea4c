import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { ModelExplanation } from '../../src/domain/model-explanation.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { ControlFinding } from '../../src/domain/verification.ts';
import { decidedByModel, logUnbelieved, recordUnanswered } from '../../src/stages/model-decision.ts';
import { explanationOf } from '../../src/stages/model-explanation.ts';
import { isQuoted } from '../../src/stages/quoted-evidence.ts';
import { explanationQuestion, type ProposedExplanations, shownEvidence } from './explanation-question.ts';
import type { SheriffPorts } from './ports.ts';

type ExplainPorts = Pick<SheriffPorts, 'model' | 'store' | 'clock' | 'telemetry'>;

/** The findings with what a model says about those that are not in order. As they were where none answers. */
export async function explainedFindings(
  ports: ExplainPorts,
  execution: ReleaseExecution,
  plan: Plan,
  findings: readonly ControlFinding[],
  signal: AbortSignal,
): Promise<readonly ControlFinding[]> {
  const [first, ...others] = findings.filter(({ result }) => result === 'fail' || result === 'warn');
  if (first === undefined) return findings;
  const reply = await ports.model.ask(explanationQuestion(execution, plan, [first, ...others]), signal);
  if (!reply.answered) {
    const { reason } = reply;
    await recordUnanswered(ports, execution, { agent: 'sheriff', what: 'explained the findings', reason });
    return findings;
  }
  const { deploymentId, id: executionId } = execution;
  const explained = provenExplanations([first, ...others], reply, (control, why) =>
    logUnbelieved(ports, deploymentId, 'sheriff', `the explanation of ${control}: ${why}`),
  );
  if (explained.size === 0) return findings;
  const controls = [...explained.keys()];
  const confidence = Math.min(...[...explained.values()].map((explanation) => explanation.confidence));
  await ports.store.appendEvent({
    deploymentId,
    executionId,
    actor: 'sheriff',
    type: 'decision',
    message: `a model explained ${controls.join(', ')} (${Math.round(confidence * 100)} % sure): see the report`,
    data: decidedByModel(reply, confidence, controls),
  });
  return findings.map((finding) => {
    const explanation = explained.get(finding.control);
    return explanation ? { ...finding, explanation } : finding;
  });
}

type Reply = Parameters<typeof decidedByModel>[0] & { readonly value: ProposedExplanations };

/** Of each control the first that quotes its evidence. @param drop told of each that does not count */
function provenExplanations(
  findings: readonly ControlFinding[],
  reply: Reply,
  drop: (control: string, why: string) => void,
): ReadonlyMap<string, ModelExplanation> {
  const evidence = new Map(findings.map((finding) => [finding.control, shownEvidence(finding)]));
  const proven = new Map<string, ModelExplanation>();
  for (const { control, quote, ...said } of reply.value.explanations) {
    const explanation = isQuoted(evidence.get(control) ?? '', quote)
      ? explanationOf(reply, said)
      : 'its evidence is not what was found';
    if (typeof explanation === 'string') drop(control, explanation);
    else if (!proven.has(control)) proven.set(control, explanation);
  }
  return proven;
}
