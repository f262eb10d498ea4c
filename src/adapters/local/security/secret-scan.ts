import { setImmediate as nextTurn } from 'node:timers/promises';
import type { lintSource } from '@secretlint/core';
import pLimit from 'p-limit';
import type { SecretFinding } from '../../../ports/security-scanner.ts';
import type { SourceTree, TreeEntry } from '../../../ports/source-repository.ts';
import { environmentFileSecrets, isEnvironmentFile } from './environment-file.ts';
import { isPlaceholder } from './placeholder.ts';

/** secretlint took at most 0.2 s for the worst of 500 hostile texts of this size (Node 24, one core), and 5 ms for code. */
const MAX_FILE_BYTES = 262_144;
const MAX_FILES = 2_000;
const MAX_FINDINGS = 200;
const MAX_ADDRESS_CHARACTERS = 2_048;
const CONCURRENT_READS = 4;

const LOCK_FILES =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lockb?|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|go\.sum)$/;
const FOREIGN_FOLDERS = /(?:^|\/)(?:node_modules|bower_components|\.yarn|\.pnp\.[^/]*)(?:\/|$)/;
const BINARY_FILES =
  /\.(?:png|jpe?g|gif|webp|avif|ico|bmp|tiff?|psd|pdf|woff2?|ttf|otf|eot|mp[34]|m4[av]|mov|webm|ogg|wav|flac|zip|gz|tgz|bz2|xz|7z|rar|tar|jar|war|wasm|node|so|dll|dylib|exe|class|pyc|sqlite3?|db|map)$/i;
const LIKELY_FILES =
  /(?:^|\/)(?:\.env[^/]*|\.npmrc|[^/]*\.(?:pem|key)|id_[^/]*|[^/]*(?:secret|credential|config)[^/]*)$/i;

/**
 * Looks for secrets in the text files below `root`, the likely ones first: at most 2,000 files of at most 256 KiB each, and
 * 200 findings. A finding names the place and the rule, never the secret.
 */
export async function scanForSecrets(tree: SourceTree, root: string): Promise<readonly SecretFinding[]> {
  const paths = filesToScan(tree.entries, root);
  if (paths.length === 0) return [];
  const lint = await loadLinter();
  const limit = pLimit(CONCURRENT_READS);
  const found = await limit.map(paths, async (file) => {
    const text = await tree.read(file, MAX_FILE_BYTES);
    // The server that runs this also balances load: requests get their turn between two files.
    await nextTurn();
    return text === undefined || text.includes('\0') ? [] : findingsIn(file, text, await lint(file, text));
  });
  return found.flat().slice(0, MAX_FINDINGS);
}

function filesToScan(entries: readonly TreeEntry[], root: string): readonly string[] {
  const prefix = root === '.' ? '' : `${root}/`;
  const paths = entries
    .filter((entry) => isText(entry) && entry.path.startsWith(prefix))
    .map(({ path }) => path);
  const likely = paths.filter((path) => LIKELY_FILES.test(path));
  return [...new Set([...likely, ...paths])].slice(0, MAX_FILES);
}

function isText({ kind, path, bytes }: TreeEntry): boolean {
  if (kind !== 'file' && kind !== 'executable') return false;
  if (bytes === 0 || bytes > MAX_FILE_BYTES) return false;
  return !LOCK_FILES.test(path) && !FOREIGN_FOLDERS.test(path) && !BINARY_FILES.test(path);
}

type LintOptions = Parameters<typeof lintSource>[0]['options'];
type LintMessage = Awaited<ReturnType<typeof lintSource>>['messages'][number];
type Lint = (file: string, text: string) => Promise<readonly LintMessage[]>;

async function loadLinter(): Promise<Lint> {
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

function findingsIn(file: string, text: string, messages: readonly LintMessage[]): readonly SecretFinding[] {
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
