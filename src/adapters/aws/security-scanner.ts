import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecurityScanner } from '../../ports/security-scanner.ts';

/**
 * Secrets through secretlint in this process, dependencies through `npm audit` where the runtime has npm. Both are loaded at first
 * use, so that a function which does not scan starts as if they were not there.
 */
export const awsSecurityScanner = (environment: NodeJS.ProcessEnv = process.env): SecurityScanner => ({
  async secrets(tree, root) {
    const { scanForSecrets } = await import('../anywhere/security/secret-scan.ts');
    const { linterHere } = await import('../anywhere/security/linter.ts');
    return scanForSecrets(tree, root, linterHere);
  },
  async dependencies(tree, root, signal) {
    const { auditDependencies } = await import('../anywhere/security/dependency-audit.ts');
    const { runNpmAudit } = await import('./security-scanner/npm-audit.ts');
    return auditDependencies({
      folderPrefix: join(tmpdir(), 'audit-'),
      runNpm: (folder, ended) => runNpmAudit(environment, folder, ended),
      tree,
      root,
      signal,
    });
  },
});
