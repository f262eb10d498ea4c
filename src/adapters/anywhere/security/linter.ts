import type { lintSource } from '@secretlint/core';
import type { SecretFinding } from '../../../ports/security-scanner.ts';
import { environmentFileSecrets, isEnvironmentFile } from './environment-file.ts';
import { isPlaceholder } from './placeholder.ts';

const MAX_ADDRESS_CHARACTERS = 2_048;

type LintOptions = Parameters<typeof lintSource>[0]['options'];
type LintMessage = Awaited<ReturnType<typeof lintSource>>['messages'][number];
export type Lint = (file: string, text: string) => Promise<readonly LintMessage[]>;

/** Whatever runs the linter: a thread beside the event loop, or this one. */
export interface Linter {
  findingsIn(file: string, text: string): Promise<readonly SecretFinding[]>;
  end(): Promise<void>;
}

/** In this thread: for a process that has nothing else to do meanwhile. */
export async function linterHere(): Promise<Linter> {
  const lint = await loadLinter();
  return {
    findingsIn: async (file, text) => findingsIn(file, text, await lint(file, text)),
    end: async () => undefined,
  };
}

export async function loadLinter(): Promise<Lint> {
  const [{ lintSource }, preset, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ]);
  // It keeps every mark for ever and searches them all at each new one: https://github.com/secretlint/secretlint/issues/1653
  secretLintProfiler.mark = () => undefined;
  const config: LintOptions['config'] = {
    rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset.creator }],
  };
  return async (filePath, content) => {
    const result = await lintSource({
      source: { filePath, content, contentType: 'text', ext: /\.[^./]+$/.exec(filePath)?.[0] ?? '' },
      options: { config, maskSecrets: true, noPhysicFilePath: true },
    });
    return result.messages;
  };
}

export function findingsIn(
  file: string,
  text: string,
  messages: readonly LintMessage[],
): readonly SecretFinding[] {
  const linted = messages
    .filter((message) => !isDocumentation(message, text))
    .map((message) => ({ file, line: message.loc.start.line, rule: ruleName(message) }));
  const lines = new Set(linted.map(({ line }) => line));
  const assigned = isEnvironmentFile(file) ? environmentFileSecrets(text) : [];
  return [
    ...linted,
    ...assigned
      .filter((line) => !lines.has(line))
      .map((line) => ({ file, line, rule: 'committed-environment-file' })),
  ];
}

/** `https://user:pass@example.com` shows how to write an address; nobody's password is in it. */
function isDocumentation(message: LintMessage, text: string): boolean {
  if (!/-(?:basicauth|database-connection-string)$/.test(message.ruleId)) return false;
  const address = text.slice(...message.range).slice(0, MAX_ADDRESS_CHARACTERS);
  const password = /:\/\/[^/\s:@]*:([^\s@]*)@/.exec(address)?.[1] ?? '';
  return (
    isPlaceholder(password) || /@(?:localhost|127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*example\.\w+)\b/.test(address)
  );
}

const ruleName = ({ ruleId }: LintMessage): string => ruleId.replace(/^@secretlint\/secretlint-rule-/, '');
