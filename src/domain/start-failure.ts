import { HiveMindError } from './errors.ts';
import type { EnvironmentVariable } from './plan.ts';

export interface StartFailureFacts {
  readonly process: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly logTail: readonly string[];
  /** What the repository says it reads. */
  readonly variables: readonly EnvironmentVariable[];
  /** Names of the variables that the operator has set. */
  readonly providedNames: readonly string[];
}

const COMPLAINT =
  /\b(required|missing|not set|not defined|undefined|must be (set|provided|defined)|is not provided|unset|expected)\b/i;
const VARIABLE_NAME = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b[A-Z][A-Z0-9]{3,}\b/g;

/** Why a process that should keep running has exited, from its own last words. */
export function explainExit(facts: StartFailureFacts): HiveMindError {
  const name = missingVariable(facts);
  if (name !== undefined) {
    return new HiveMindError(
      'MissingEnvironmentVariable',
      `the application stopped because the environment variable ${name} is not set`,
      {
        hint: `give it a value and deploy again: --env-file FILE with a line ${name}=..., or --env ${name} to take it from your own environment`,
        logTail: facts.logTail,
      },
    );
  }
  const end = facts.signal ? `was ended by ${facts.signal}` : `exited with code ${facts.exitCode}`;
  const line = firstErrorLine(facts.logTail);
  return new HiveMindError('StartFailed', `the process "${facts.process}" ${end}${line ? `: ${line}` : ''}`, {
    hint:
      facts.exitCode === 0
        ? 'a service has to keep running: start it in the foreground, without putting itself into the background'
        : 'mend what its last log lines say and deploy again',
    logTail: facts.logTail,
  });
}

/** A variable that the log complains about by name and that nobody has set. */
function missingVariable({ logTail, variables, providedNames }: StartFailureFacts): string | undefined {
  const known = new Set(variables.map(({ name }) => name));
  for (const line of logTail) {
    if (!COMPLAINT.test(line)) continue;
    const names = [...line.matchAll(VARIABLE_NAME)]
      .map(([name]) => name)
      .filter((name) => !providedNames.includes(name));
    const named =
      names.find((name) => known.has(name)) ??
      (/\benv/i.test(line) ? names.find((name) => name.includes('_')) : undefined);
    if (named !== undefined) return named;
  }
  return undefined;
}

/** The first line that names an error; stack frames and headers of crash reports say less. */
function firstErrorLine(logTail: readonly string[]): string | undefined {
  const lines = logTail.map((line) => line.trim()).filter((line) => line !== '');
  return (
    lines.find((line) => /^(\w*(Error|Exception)\b|\[?error\b|fatal\b|panic:)/i.test(line)) ??
    lines.find((line) => /error/i.test(line)) ??
    lines.at(-1)
  )?.slice(0, 300);
}
