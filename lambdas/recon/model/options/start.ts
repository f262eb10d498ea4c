import type { Command } from '../../../../src/domain/plan.ts';
import { commandText } from '../../../../src/domain/wording.ts';
import { plainArguments } from '../../command-line.ts';
import type { DetectorContext } from '../../detector-context.ts';
import { entryCommand } from '../../detectors/entry-file.ts';
import { excerpt } from '../../package-json.ts';
import { programFile } from '../../program-file.ts';
import { isComment } from '../../source-scan.ts';
import { scriptCommand } from '../../start-command.ts';
import { resolveScript } from '../../start-script.ts';
import { type FoundOption, isAt, isProse } from '../option.ts';
import { isPlainName } from './plain-name.ts';

/** Scripts that do something else than run the application. */
const OTHER_WORK =
  /test|lint|seed|migrat|clean|reset|drop|destroy|delete|remove|deploy|publish|release|build|compile|dev|watch|format|check|install|prepare|setup|undo|rollback/i;

/** Programs that rules have seen and would not choose by themselves: scripts that start a file that exists, and entry files. */
export const startOptions = (context: DetectorContext): readonly FoundOption[] => [
  ...scriptOptions(context),
  ...fileOptions(context),
];

function scriptOptions({ node, folder }: DetectorContext): readonly FoundOption[] {
  if (!node) return [];
  const { packageJson } = node;
  return packageJson.scriptNames.filter(isPlainName).flatMap((name): FoundOption[] => {
    const script = OTHER_WORK.test(name) ? undefined : resolveScript(packageJson, name);
    if (script?.kind !== 'server' || OTHER_WORK.test(script.line)) return [];
    if (plainArguments(script.line) === undefined) return [];
    if (programFile(script.line, folder, packageJson.main) === undefined) return [];
    const command = scriptCommand(script, node);
    const runtime = /^python3?\b/.test(script.line) ? 'python' : 'node';
    if (command.kind !== 'argv') return [];
    const evidence = packageJson.scriptEvidence(name);
    return [
      {
        value: { field: 'start', command, runtime },
        shown: `start with the script ${name} of package.json: ${excerpt(script.line)}`,
        isProvedBy: isAt(evidence),
      },
    ];
  });
}

function fileOptions({ entry, folder, packageJson }: DetectorContext): readonly FoundOption[] {
  return entry.rejected.filter(isPlainPath).map((path): FoundOption => {
    const command: Command = entryCommand(path, packageJson);
    const file = folder.locate(path);
    return {
      value: { field: 'start', command, runtime: path.endsWith('.py') ? 'python' : 'node' },
      shown: `start the file ${file}: ${commandText(command)}`,
      isProvedBy: (quotation) =>
        quotation.file === file
          ? quotation.isTelling && isCode(file, quotation.context)
          : !isProse(quotation.file) && quotation.text.includes(path),
    };
  });
}

/** Comments say what their writer likes. */
const isCode = (path: string, text: string): boolean =>
  text.split('\n').some((line) => /\w/.test(line) && !isComment(path, line));

const isPlainPath = (path: string): boolean => /^[\w.][\w./-]{0,100}$/.test(path);
