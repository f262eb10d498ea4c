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
      const { scanForSecrets } = await import('./security/secret-scan.ts');
      return scanForSecrets(tree, root);
    },
    async dependencies(tree, root, signal) {
      const { auditDependencies } = await import('./security/dependency-audit.ts');
      return auditDependencies({ home, environment, tree, root, signal });
    },
  };
}
