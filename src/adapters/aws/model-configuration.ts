import * as z from 'zod';
import { HiveMindError } from '../../domain/errors.ts';
import { jsonOrUndefined } from '../../domain/json.ts';
import type { ModelSettings } from '../../domain/models/model-settings.ts';
import { modelSettings } from '../../domain/models/settings-from-variables.ts';

const variables = z.record(z.string(), z.string());

/**
 * The language models of the control plane, from its fact `models`.
 * @throws {HiveMindError} InternalError: it is damaged; InvalidInput: what was configured cannot be understood
 */
export function configuredModels(models: string): ModelSettings {
  const parsed = variables.safeParse(jsonOrUndefined(models));
  if (parsed.success) return modelSettings(parsed.data);
  throw new HiveMindError('InternalError', 'what the control plane says of its language models is damaged', {
    hint: 'deploy it again with `npx cdk deploy`',
  });
}
