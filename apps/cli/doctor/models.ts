import { type ModelsView, modelsDocument } from '../../../src/contracts/models.ts';
import { asHiveMindError } from '../../../src/domain/errors.ts';
import { modelSettings } from '../../../src/domain/models/settings-from-variables.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { budgetText, isSpent, modelText } from '../render/models.ts';
import { openRunning } from '../server/open-connection.ts';
import { type Check, fail, ok, warn } from './check.ts';

const NAME = 'models';
const NONE = 'none is configured: rules answer alone';

/**
 * Which models are asked and what keeps them from answering. Of that nothing stops a deployment; variables that cannot be understood keep a
 * server from starting.
 */
export async function examineModels(context: CommandContext): Promise<readonly Check[]> {
  const isLocal = context.target === 'local';
  const { environment } = context.session;
  // On AWS the control plane says which; here a server does that was started with these variables, or could not be.
  const wanted = isLocal ? environment['HIVEMIND_MODEL'] : undefined;
  try {
    if (isLocal) modelSettings(environment);
    const connection = await openRunning(context);
    if (!connection) return [ok(NAME, wanted ? `${singleLine(wanted)}, once a server runs` : NONE)];
    const models = await connection.get('/v1/models', modelsDocument);
    const budgets = models.models.length === 0 ? [] : models.budgets;
    return [modelsCheck(models, wanted), ...budgets.map(budgetCheck)];
  } catch (error) {
    const { code, message, hint } = asHiveMindError(error);
    // What is wrong with the account is said by the checks of the account.
    if (!isLocal && code !== 'AccessDenied') return [];
    return [code === 'InvalidInput' ? fail(NAME, message, hint) : warn(NAME, message, hint)];
  }
}

function modelsCheck({ models, embedding }: ModelsView, wanted: string | undefined): Check {
  if (models.length === 0) {
    if (!wanted) return ok(NAME, NONE);
    return warn(
      NAME,
      'the server was started without a model, and HIVEMIND_MODEL is set here',
      'run "hivemind serve --stop"; the next command starts the server with it',
    );
  }
  const detail = [
    ...models.map(modelText),
    ...(embedding ? [`embeddings ${singleLine(embedding)}`] : []),
  ].join(', ');
  if (models.every(({ breaker, refused }) => breaker === 'closed' && !refused)) return ok(NAME, detail);
  return warn(
    NAME,
    detail,
    'look at the access to the model and its quota (docs/models.md); until it answers the next one or the rules do',
  );
}

function budgetCheck(budget: ModelsView['budgets'][number]): Check {
  const name = 'model budget';
  if (!isSpent(budget)) return ok(name, budgetText(budget));
  return warn(
    name,
    budgetText(budget),
    'rules answer until midnight UTC; HIVEMIND_MODEL_BUDGET_DAY raises it',
  );
}
