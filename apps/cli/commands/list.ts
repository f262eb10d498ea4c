import { deploymentListDocument } from '../../../src/contracts/deployment.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { ListOptions } from '../definitions/observing.ts';
import { questionHint } from '../render/fix.ts';
import { releasesText, unansweredText } from '../render/forgotten.ts';
import { frozenText } from '../render/freeze.ts';
import { localTime, statusText } from '../render/words.ts';
import { openForReading } from '../server/open-connection.ts';

/** One line a deployment, newest first. */
export async function list(context: CommandContext, options: ListOptions): Promise<number> {
  const { output } = context;
  const connection = await openForReading(context);
  const path = options.all ? '/v1/deployments?all=true' : '/v1/deployments';
  const { deployments, freeze } = connection
    ? await connection.get(path, deploymentListDocument)
    : { deployments: [], freeze: undefined };
  if (output.json) {
    output.document({ deployments, ...(freeze && { freeze }) });
    return EXIT.ok;
  }
  if (freeze) output.note(frozenText(freeze, output.notePaint));
  if (deployments.length === 0) {
    output.note('there are no deployments; "hivemind deploy SOURCE" makes one');
  } else {
    const { textTable } = await import('../render/table.ts');
    const rows = deployments.map(({ name, status, stage, target, release, warm, url, updatedAt }) => [
      singleLine(name),
      statusText(status, output.paint),
      stage,
      target,
      releasesText(release, warm),
      url === null ? '-' : singleLine(url),
      localTime(updatedAt),
    ]);
    const head = ['name', 'status', 'stage', 'target', 'release', 'address', 'changed'];
    output.print(textTable(head, rows, { paint: output.paint, width: output.width }));
    for (const deployment of deployments) {
      for (const text of [questionHint(deployment), unansweredText(deployment)]) {
        if (text !== undefined) output.note(output.notePaint.yellow(text));
      }
    }
  }
  return EXIT.ok;
}
