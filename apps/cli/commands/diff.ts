import { type ComparisonView, comparisonDocument } from '../../../src/contracts/releases.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import type { Connection } from '../server/connection.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

export interface Compared {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** What differs between two releases. */
export async function diff(context: CommandContext, name: string, compared: Compared): Promise<number> {
  const { output } = context;
  const comparison = await comparisonOf(await connectionFor(context, name), name, compared);
  if (output.json) {
    output.document(comparison);
    return EXIT.ok;
  }
  const { comparisonText } = await import('../render/releases.ts');
  output.print(comparisonText(comparison, output.paint));
  return EXIT.ok;
}

export function comparisonOf(
  connection: Connection,
  name: string,
  { from, to }: Compared,
): Promise<ComparisonView> {
  const query = new URLSearchParams({
    ...(from !== undefined && { from: String(from) }),
    ...(to !== undefined && { to: String(to) }),
  });
  return connection.get(deploymentPath(name, `/diff?${query}`), comparisonDocument);
}
