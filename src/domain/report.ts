import type { Anomaly } from './anomaly.ts';
import type { Deployment } from './deployment.ts';
import { type Fix, isOpenQuestion } from './fix.ts';
import { address, code, codeBlock, escaped, list, table } from './markdown.ts';
import { attributed } from './model-explanation.ts';
import { singleLine } from './plain-text.ts';
import { type Plan, planConfidence } from './plan.ts';
import type { Release } from './release.ts';
import { anomaliesTable } from './report-anomalies.ts';
import { fixesTable } from './report-fixes.ts';
import { sourceLabel } from './source.ts';
import type { Stack } from './stack.ts';
import { STAGES, type StageRun } from './stage.ts';
import { secondsBetween } from './time.ts';
import type { CheckResult, ControlFinding, VerificationCheck } from './verification.ts';
import { agentTitle, dollarsText, planLines, secondsText } from './wording.ts';

/** What the infrastructure of a deployment costs a month. */
export interface ReportCosts {
  readonly monthlyUsd: number;
  readonly items: readonly {
    readonly blueprint: string;
    readonly what: string;
    readonly monthlyUsd: number;
  }[];
  readonly note: string;
}

/** Everything a report is made from. Names of environment variables only: a report never carries a value. */
export interface ReportFacts {
  readonly deployment: Deployment;
  /** The live release; null until there is one. */
  readonly release: Release | null;
  /** Of the newest execution, in the order in which they started. */
  readonly stages: readonly StageRun[];
  readonly plan: Plan | null;
  /** Names of the variables that the operator set. */
  readonly environmentNames: readonly string[];
  readonly stacks: readonly Stack[];
  readonly checks: readonly VerificationCheck[];
  readonly findings: readonly ControlFinding[];
  /** What stands out in the numbers and the log of the release. */
  readonly anomalies: readonly Anomaly[];
  readonly costs: ReportCosts | null;
  /** What was proposed and tried in the newest execution, in order. */
  readonly fixes: readonly Fix[];
  readonly warnings: readonly string[];
  /** When the report is written. */
  readonly at: string;
}

/**
 * The report of a deployment as Markdown: what was done, what there is, what was proved, what it costs, what to do next.
 * Texts of the repository, of logs and of the application are shown as they are, never as markup.
 */
export function renderReport(facts: ReportFacts): string {
  const sections: readonly (readonly [string, string])[] = [
    ['Warnings', list(facts.warnings.map(escaped))],
    ['Timeline', timeline(facts.stages)],
    ['Fixes', fixesTable(facts.fixes)],
    ['Resources', resources(facts.stacks)],
    ['Configuration', configuration(facts)],
    ['Verification', verification(facts.checks)],
    ['Security', security(facts.findings)],
    ['What stands out', anomaliesTable(facts.anomalies)],
    ['Access', access(facts.deployment)],
    ['Costs', costs(facts.costs)],
    ['Next steps', list(nextSteps(facts))],
    ['Troubleshooting', troubleshooting(facts.deployment)],
  ];
  const parts = sections.filter(([, body]) => body !== '').map(([title, body]) => `## ${title}\n\n${body}`);
  return `${[heading(facts), ...parts].join('\n\n')}\n`;
}

function heading({ deployment, release, at }: ReportFacts): string {
  const { source, previousRelease } = deployment;
  const released = release
    ? `${release.number}, commit ${code(release.commit)}, artifact ${code(release.artifact)}`
    : 'none is live';
  return [
    `# ${escaped(deployment.name)}: ${deployment.status}`,
    '',
    list([
      `**Id:** ${code(deployment.id)}`,
      `**Source:** ${code(sourceLabel(source))}${source.kind === 'folder' && source.workingTree ? ' with uncommitted changes' : ''}`,
      `**Target:** ${deployment.target}, ${deployment.stage}`,
      `**Release:** ${released}`,
      ...(previousRelease === undefined ? [] : [`**Release before:** ${previousRelease}`]),
      `**Created:** ${deployment.createdAt}, changed ${deployment.updatedAt}`,
      `**Report of:** ${at}`,
    ]),
  ].join('\n');
}

function timeline(stages: readonly StageRun[]): string {
  if (stages.length === 0) return 'Nothing has run yet.';
  return table(
    ['Start', 'Agent', 'Stage', 'Status', 'Time', 'Result'],
    stages.map((run) => [
      run.startedAt,
      agentTitle(STAGES[run.stage].agent),
      STAGES[run.stage].title,
      run.status,
      run.reused
        ? 'reused'
        : run.endedAt === null
          ? 'running'
          : secondsText(secondsBetween(run.startedAt, run.endedAt)),
      escaped(run.summary ?? ''),
    ]),
  );
}

function resources(stacks: readonly Stack[]): string {
  if (stacks.length === 0) return 'No stack exists.';
  return table(
    ['Stack', 'Blueprint', 'Status', 'Outputs'],
    stacks.map((stack) => [
      code(stack.name),
      stack.blueprint,
      stack.status,
      Object.entries(stack.outputs)
        .map(([name, value]) => `${escaped(name)} = ${isSecretName(name) ? '\\*\\*\\*' : code(value)}`)
        .join(', '),
    ]),
  );
}

/** Outputs hold references and addresses; should one ever hold a secret, its name tells. */
const isSecretName = (name: string): boolean => /password|secret|token|credential|private.?key/i.test(name);

function configuration({ plan, environmentNames }: ReportFacts): string {
  const set = environmentNames.length === 0 ? 'none' : environmentNames.map(code).join(', ');
  const variables = `Environment variables set by the operator: ${set}`;
  if (!plan) return `There is no plan yet.\n\n${variables}`;
  const rows = planLines(plan).map(({ title, value, confidence, evidence }) => [
    title,
    code(value),
    confidence.toFixed(2),
    evidence.map(escaped).join(', '),
  ]);
  const confidence = `The plan is as sure as its weakest field: ${planConfidence(plan).toFixed(2)}.`;
  return [table(['Field', 'Value', 'Confidence', 'Evidence'], rows), confidence, variables].join('\n\n');
}

const RESULT_MARKS: Readonly<Record<CheckResult, string>> = {
  pass: '✓ pass',
  fail: '✗ fail',
  warn: '! warning',
  'not-applicable': '- not applicable',
};

function verification(checks: readonly VerificationCheck[]): string {
  if (checks.length === 0) return 'Nothing has been verified yet.';
  return table(
    ['Result', 'Check', 'Evidence', 'Latency'],
    checks.map((check) => [
      RESULT_MARKS[check.result],
      escaped(check.title),
      escaped(check.evidence),
      check.milliseconds === null ? '' : `${Math.round(check.milliseconds)} ms`,
    ]),
  );
}

function security(findings: readonly ControlFinding[]): string {
  if (findings.length === 0) return 'Nothing has been audited yet.';
  const judged = table(
    ['Result', 'Control', 'What', 'Evidence', 'How to mend'],
    findings.map((finding) => [
      RESULT_MARKS[finding.result],
      escaped(finding.control),
      escaped(finding.title),
      escaped(finding.evidence),
      escaped(finding.mend ?? ''),
    ]),
  );
  const explained = findings.flatMap(({ control, explanation }) =>
    explanation ? [`${escaped(control)}: ${escaped(attributed(explanation))}`] : [],
  );
  return explained.length === 0 ? judged : `${judged}\n\n${list(explained)}`;
}

function access({ name, url }: Deployment): string {
  return list([
    url === undefined ? 'The application has no address.' : `Address: ${address(url)}`,
    `Application output: ${code(`hivemind logs ${name} -f`)}`,
    `Build output: ${code(`hivemind logs ${name} --build`)}`,
    `What happened when, and who did it: ${code(`hivemind history ${name}`)}`,
  ]);
}

function costs(costs: ReportCosts | null): string {
  if (!costs) return 'Not estimated.';
  const rows = costs.items.map((item) => [
    escaped(item.blueprint),
    escaped(item.what),
    dollarsText(item.monthlyUsd),
  ]);
  const total = ['**Total**', '', `**${dollarsText(costs.monthlyUsd)}**`];
  return `${table(['Stack', 'What', 'USD a month'], [...rows, total])}\n\n${escaped(costs.note)}`;
}

function nextSteps({ deployment, fixes }: ReportFacts): readonly string[] {
  const { name, status, url, failure, warm } = deployment;
  const destroy = `Remove it and all it made: ${code(`hivemind destroy ${name} --confirm ${name}`)}`;
  if (status === 'DESTROYED') return ['Nothing is left to do: everything was removed.'];
  const rollback = code(`hivemind rollback ${name}`);
  const back = warm
    ? [`Go back at once: ${rollback} (release ${warm.release} is warm until ${warm.until})`]
    : [];
  const question = fixes.find(isOpenQuestion);
  if (question) {
    const { id, does, expiresAt } = question;
    const answer = `${code(`hivemind approve ${id}`)} or ${code(`hivemind reject ${id}`)}`;
    return [...back, `Answer until ${expiresAt ?? 'whenever you like'} (${escaped(does)}): ${answer}`];
  }
  if (failure) return [...back, 'Mend what the section Troubleshooting names, then deploy again.', destroy];
  if (status !== 'ACTIVE' && status !== 'ROLLED_BACK')
    return [`Wait for the running work: ${code(`hivemind status ${name}`)}`];
  const open = url === undefined ? [] : [`Open ${address(url)}`];
  return [...open, ...back, 'Deploy a new version: run the same `hivemind deploy` again.', destroy];
}

function troubleshooting({ name, failure }: Deployment): string {
  if (!failure) {
    return list([
      `No answer or an error page: ${code(`hivemind status ${name} --show-logs --show-metrics`)}`,
      `Something is wrong with this machine: ${code('hivemind doctor')}`,
    ]);
  }
  const stage = failure.stage === null ? '' : ` while ${STAGES[failure.stage].title}`;
  const facts = list([
    `**What happened**${stage}: ${escaped(failure.message)}`,
    `**Code:** ${code(failure.code)}, to be mended by: ${failure.fault}`,
    `**What to do:** ${escaped(failure.hint)}`,
    `**When:** ${singleLine(failure.at)}`,
  ]);
  return failure.logTail.length === 0 ? facts : `${facts}\n\n${codeBlock(failure.logTail)}`;
}
