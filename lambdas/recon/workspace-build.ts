import { posix } from 'node:path';
import type { Command, Evidence } from '../../src/domain/plan.ts';
import { SURE } from './observation.ts';
import type { PackageJson } from './package-json.ts';
import { runProgram, type Toolchain } from './package-manager.ts';

interface WorkspaceBuild {
  readonly command: Command;
  readonly confidence: number;
  readonly evidence: Evidence;
}

const PACKAGE_NAME = /^(?:@[a-z0-9._-]{1,100}\/)?[a-z0-9._-]{1,100}$/i;

/**
 * A build that also builds the packages of the workspace that the application needs; undefined when none of them is built.
 * `packages`: the application's package, then those that it depends on.
 */
export function workspaceBuild(
  packages: readonly PackageJson[],
  workspace: PackageJson,
  toolchain: Toolchain,
): WorkspaceBuild | undefined {
  const [application, ...linked] = packages;
  const built = linked.find((manifest) => manifest.script('build') !== undefined);
  if (!application || !built) return undefined;
  const { name } = application;
  const evidence = built.scriptEvidence('build');
  if (name !== undefined && PACKAGE_NAME.test(name)) {
    if (workspace.folder.has('turbo.json')) {
      const command = runProgram(toolchain, ['turbo', 'run', 'build', `--filter=${name}`]);
      return {
        command,
        confidence: SURE.clear,
        evidence: workspace.folder.evidence('turbo.json', 'builds in order of dependency'),
      };
    }
    if (toolchain.manager === 'pnpm') {
      const argv = ['pnpm', '--filter', `${name}...`, 'run', 'build'];
      return { command: { kind: 'argv', argv }, confidence: SURE.clear, evidence };
    }
  }
  if (workspace.script('build') === undefined) return undefined;
  const above = posix.relative(application.folder.path, '.');
  const flag = { npm: '--prefix', pnpm: '--dir', yarn: '--cwd' }[toolchain.manager];
  const argv = [toolchain.manager, flag, above, 'run', 'build'];
  return {
    command: { kind: 'argv', argv },
    confidence: SURE.guess,
    evidence: workspace.scriptEvidence('build'),
  };
}
