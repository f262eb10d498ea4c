import type { Command, Evidence, Plan, PlanField } from './plan.ts';
import type { AgentName } from './stage.ts';

/** An agent's name as people read it. */
export const agentTitle = (agent: AgentName): string =>
  agent === 'qa' ? 'QA' : `${agent.charAt(0).toUpperCase()}${agent.slice(1)}`;

/** `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function secondsText(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

export const dollarsText = (usd: number): string => `$${usd.toFixed(2)}`;

/** What a command runs, in one line. */
export function commandText(command: Command): string {
  switch (command.kind) {
    case 'argv':
      return command.argv
        .map((word) => (/[\s"'\\]/.test(word) || word === '' ? JSON.stringify(word) : word))
        .join(' ');
    case 'shell':
      return command.line;
    case 'serve':
      return `files of ${command.directory}${command.fallback === null ? '' : `, ${command.fallback} for unknown paths`}`;
  }
}

/** One field of a plan in words; the texts are the repository's own and not yet fit for a terminal. */
export interface PlanLine {
  readonly field: PlanField;
  readonly title: string;
  readonly value: string;
  readonly confidence: number;
  readonly evidence: readonly string[];
}

const words = (value: string | null): string => value ?? 'none';
const command = (value: Command | null): string => (value === null ? 'none' : commandText(value));
const sequence = (values: readonly string[]): string => (values.length === 0 ? 'none' : values.join(', '));

/** In the order an operator reads them; environment variables by name only. */
export function planLines(plan: Plan): readonly PlanLine[] {
  const line = (field: PlanField, title: string, value: string): PlanLine => ({
    field,
    title,
    value,
    confidence: plan[field].confidence,
    evidence: plan[field].evidence.map(evidenceText),
  });
  return [
    line('root', 'folder', plan.root.value),
    line('runtime', 'runtime', plan.runtime.value),
    line('runtimeVersion', 'runtime version', plan.runtimeVersion.value ?? 'any'),
    line('framework', 'framework', words(plan.framework.value)),
    line('packageManager', 'package manager', words(plan.packageManager.value)),
    line('packageManagerVersion', 'package manager version', plan.packageManagerVersion.value ?? 'any'),
    line('install', 'install', command(plan.install.value)),
    line('build', 'build', command(plan.build.value)),
    line('processes', 'processes', processesText(plan)),
    line('migrations', 'migrations', command(plan.migrations.value)),
    line('healthCheckPath', 'health check', plan.healthCheckPath.value),
    line('database', 'database', words(plan.database.value)),
    line('services', 'other services', sequence(plan.services.value)),
    line('environment', 'environment', environmentText(plan)),
    line('webSocket', 'WebSocket', plan.webSocket.value ? 'yes' : 'no'),
  ];
}

const processesText = (plan: Plan): string =>
  plan.processes.value
    .map(({ name, command, exposed }) => `${name}: ${commandText(command)}${exposed ? '' : ' (no port)'}`)
    .join('; ');

const environmentText = (plan: Plan): string =>
  sequence(plan.environment.value.map(({ name, required }) => (required ? `${name} (required)` : name)));

function evidenceText({ file, line, note }: Evidence): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return note === '' ? place : `${place} (${note})`;
}
