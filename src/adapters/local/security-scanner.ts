import type { SecurityScanner } from '../../ports/security-scanner.ts';
import type { Home } from './home.ts';

export interface LocalSecurityScannerOptions {
  readonly home: Home;
  /** Where npm finds its registry, proxy and certificates; nothing else of it is passed on. @default that of this process */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Secrets through secretlint, dependencies through the advisories of the npm registry. */
export function localSecurityScanner(options: LocalSecurityScannerOptions): SecurityScanner {
  const { home, environment = process.env } = options;
  return {
    async secrets(tree, root) {
      const { scanForSecrets } = await import('../anywhere/security/secret-scan.ts');
      const { LinterThread } = await import('./security/linter-thread.ts');
      return scanForSecrets(tree, root, () => new LinterThread());
    },
    async dependencies(tree, root, signal) {
      const { auditDependencies } = await import('../anywhere/security/dependency-audit.ts');
      const { runNpmAudit } = await import('./security/npm-audit.ts');
      return auditDependencies({
        folderPrefix: home.folder('work', 'audit-'),
        runNpm: (folder, ended) => runNpmAudit({ home, environment }, folder, ended),
        tree,
        root,
        signal,
      });
    },
  };
}
