import { type FreezeRequest, freezeDocument, freezeRequest } from '../../../src/contracts/api.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { frozenText } from '../render/freeze.ts';
import { openFrozen } from '../server/open-connection.ts';
import { checkedRequest } from './swap.ts';

/** Pulls the emergency stop; one that was pulled before stays as it is. */
export async function freeze(context: CommandContext, reason: string): Promise<number> {
  const { output } = context;
  const request: FreezeRequest = checkedRequest(freezeRequest, { reason }, 'freeze');
  const connection = await openFrozen(context, request.reason.trim());
  const document = await connection.send('PUT', '/v1/freeze', request, freezeDocument);
  if (output.json) {
    output.document(document);
    return EXIT.ok;
  }
  const { freeze: standing, running } = document;
  if (standing) output.print(frozenText(standing, output.paint));
  const waiting = running === 0 ? 'nothing runs' : `${running} running, each waits before its next change`;
  output.print(`${waiting}; "hivemind resume" ends it`);
  return EXIT.ok;
}
