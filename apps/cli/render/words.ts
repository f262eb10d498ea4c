import type { DeploymentView } from '../../../src/contracts/deployment.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CheckResult } from '../../../src/domain/verification.ts';
import type { Colors } from '../output.ts';

/** `2025-03-01 12:03:04`, in the operator's time zone. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return singleLine(iso);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;

/** `96 %` */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Colour tells at a glance: fine, under way, broken, gone. */
export function statusText(status: DeploymentView['status'], { green, red, yellow, dim }: Colors): string {
  if (status === 'ACTIVE') return green(status);
  if (status === 'FAILED' || status === 'ROLLBACK_FAILED') return red(status);
  if (status === 'DESTROYED' || status === 'ROLLED_BACK') return dim(status);
  return yellow(status);
}

export function resultMark(result: CheckResult, { green, red, yellow, dim }: Colors): string {
  switch (result) {
    case 'pass':
      return green('✓');
    case 'fail':
      return red('✗');
    case 'warn':
      return yellow('!');
    case 'not-applicable':
      return dim('-');
  }
}

/** Long enough to recognise, short enough to read; `--json` has all of it. */
export const releaseText = (release: NonNullable<DeploymentView['release']>): string =>
  `${release.number} · commit ${singleLine(release.commit).slice(0, 10)} · ${singleLine(release.artifact).slice(0, 19)}`;

/** A heading and its lines, indented; nothing when there are none. */
export const section = (title: string, lines: readonly string[], { bold }: Colors): readonly string[] =>
  lines.length === 0 ? [] : ['', bold(title), ...lines.map((line) => `  ${line}`)];
