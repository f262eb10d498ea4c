import type { DetectorContext } from '../../detector-context.ts';
import { FOR_DEVELOPMENT } from '../../detectors/migrations.ts';
import { NO_PRODUCTION_BUILD } from '../../detectors/package-json.ts';
import { excerpt } from '../../package-json.ts';
import { runScript } from '../../package-manager.ts';
import { type FoundOption, isAt } from '../option.ts';
import { isPlainName } from './plain-name.ts';

const BUILDS = /build|compile|bundle|generate|transpile|prepare/i;
const MIGRATES = /migrat|schema/i;

/** Scripts of package.json that may build. */
export const buildOptions = (context: DetectorContext): readonly FoundOption[] =>
  scriptOptions(context, 'build', (name, line) => BUILDS.test(name) && !NO_PRODUCTION_BUILD.test(line));

/** Scripts of package.json that may bring a database to the release's schema. */
export const migrationOptions = (context: DetectorContext): readonly FoundOption[] =>
  scriptOptions(
    context,
    'migrations',
    (name, line) => MIGRATES.test(name) && !FOR_DEVELOPMENT.test(`${name} ${line}`),
  );

function scriptOptions(
  { node }: DetectorContext,
  field: 'build' | 'migrations',
  isFit: (name: string, line: string) => boolean,
): readonly FoundOption[] {
  if (!node) return [];
  const { packageJson, toolchain } = node;
  return packageJson.scriptNames.flatMap((name): FoundOption[] => {
    const line = packageJson.script(name);
    if (line === undefined || !isPlainName(name) || !isFit(name, line)) return [];
    return [
      {
        value: { field, command: runScript(toolchain, name) },
        shown: `${field} with the script ${name} of package.json: ${excerpt(line)}`,
        isProvedBy: isAt(packageJson.scriptEvidence(name)),
      },
    ];
  });
}
