import pLimit from 'p-limit';
import type { SecretFinding } from '../../../ports/security-scanner.ts';
import type { SourceTree, TreeEntry } from '../../../ports/source-repository.ts';
import type { Linter } from './linter.ts';

/** secretlint took at most 0.2 s for the worst of 500 hostile texts of this size (Node 24, one core), and 5 ms for code. */
const MAX_FILE_BYTES = 262_144;
const MAX_FILES = 2_000;
const MAX_FINDINGS = 200;
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
export async function scanForSecrets(
  tree: SourceTree,
  root: string,
  openLinter: () => Linter | Promise<Linter>,
): Promise<readonly SecretFinding[]> {
  const paths = filesToScan(tree.entries, root);
  if (paths.length === 0) return [];
  const linter = await openLinter();
  try {
    const found = await pLimit(CONCURRENT_READS).map(paths, async (file) => {
      const text = await tree.read(file, MAX_FILE_BYTES);
      return text === undefined || text.includes('\0') ? [] : linter.findingsIn(file, text);
    });
    return found.flat().slice(0, MAX_FINDINGS);
  } finally {
    await linter.end();
  }
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
