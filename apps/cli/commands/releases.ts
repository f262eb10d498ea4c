import { releasesDocument } from '../../../src/contracts/releases.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

/** One line a release, newest first. */
export async function releases(context: CommandContext, name: string): Promise<number> {
  const { output } = context;
  const connection = await connectionFor(context, name);
  const document = await connection.get(deploymentPath(name, '/releases'), releasesDocument);
  if (output.json) {
    output.document(document);
  } else if (document.releases.length === 0) {
    output.note('there is no release yet');
  } else {
    const { releasesText } = await import('../render/releases.ts');
    output.print(releasesText(document.releases, { paint: output.paint, width: output.width }));
  }
  return EXIT.ok;
}
