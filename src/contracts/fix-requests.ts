import * as z from 'zod';
import { environmentShape, mendingFields, planSettingsShape } from './setting-shapes.ts';

/** `POST /v1/fixes/:id/answer`. `digest` is that of the fix as it was shown; `environment` has a value for each of its `asks`. */
export const fixAnswerRequest = z.strictObject({
  approve: z.boolean(),
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'not the digest of a fix'),
  environment: environmentShape.default({}),
});
export type FixAnswerRequest = z.input<typeof fixAnswerRequest>;

/** `POST /v1/deployments/:name/retry`. What is left out stays as it was. */
export const retryRequest = z.strictObject({
  plan: planSettingsShape.default({}),
  environment: environmentShape.default({}),
  ...mendingFields,
});
export type RetryRequest = z.input<typeof retryRequest>;
