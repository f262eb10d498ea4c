import type { Detector } from '../detector-context.ts';
import { observe, SURE } from '../observation.ts';
import { installCommand } from '../package-manager.ts';

/** Package manager, its version and the install command, from lock files and `packageManager`. */
export const detectLockFiles: Detector = async ({ packageJson, toolchain, folder }) => {
  if (!packageJson) return [];
  const { manager, confidence, evidence, lock, version } = toolchain;
  const nothingToInstall =
    !packageJson.hasDependencies && packageJson.workspaces.length === 0 && lock === null;
  const installEvidence = lock
    ? [lock.evidence]
    : [
        folder.evidence(
          'package.json',
          nothingToInstall ? 'no dependencies and no lock file' : 'dependencies without a lock file',
        ),
      ];
  return [
    observe('packageManager', manager, confidence, ...evidence),
    nothingToInstall
      ? observe('install', null, SURE.stated, ...installEvidence)
      : observe('install', installCommand(toolchain), confidence, ...installEvidence),
    ...(version
      ? [observe('packageManagerVersion', version.value, version.confidence, version.evidence)]
      : []),
  ];
};
