import { modelCostsDocument, modelsDocument } from '../../../src/contracts/models.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { spendingOf } from '../../../src/domain/models/spending.ts';
import { spendingView } from '../../../src/operations/model-costs.ts';
import type { CommandContext } from '../command-context.ts';
import type { CostsOptions } from '../definitions/observing.ts';
import { modelCostsText } from '../render/model-costs.ts';
import { openForReading } from '../server/open-connection.ts';

/** What language models cost. With `--json` the sums; for people also what is left of the budgets. */
export async function costs(context: CommandContext, options: CostsOptions): Promise<number> {
  const { by, days, deployment } = options;
  const { output } = context;
  const connection = await openForReading(context);
  const query = new URLSearchParams({ by, days: String(days), ...(deployment && { deployment }) });
  const document = connection
    ? await connection.get(`/v1/models/costs?${query}`, modelCostsDocument)
    : spendingView(spendingOf([], { by, days, nowIso: new Date().toISOString() }));
  if (output.json) {
    output.document(document);
    return EXIT.ok;
  }
  const models = await connection?.get('/v1/models', modelsDocument);
  output.print(modelCostsText(document, models, { paint: output.paint, width: output.width }));
  return EXIT.ok;
}
