import { reportDocument } from '../../../src/contracts/api.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { markdownText } from '../render/markdown.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

/** Markdown as it is for a file or a pipe, easier to read on a terminal. */
export async function report(context: CommandContext, name: string): Promise<number> {
  const { output } = context;
  const connection = await connectionFor(context, name);
  const document = await connection.get(deploymentPath(name, '/report'), reportDocument);
  if (output.json) output.document(document);
  else
    output.print(
      output.width === undefined
        ? document.report.trimEnd()
        : markdownText(document.report, output.paint, output.width),
    );
  return EXIT.ok;
}
