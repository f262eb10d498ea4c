import * as z from 'zod';
import { ANSWER_SECONDS, FIX_POLICIES } from '../domain/fix.ts';
import { isPlatformVariable, PLATFORM_VARIABLE_HINT } from '../domain/platform-variables.ts';

const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable');

/** The kernel ends a value at a NUL character. */
const environmentValue = z
  .string()
  .max(65_536)
  .regex(/^[^\0]*$/, 'holds a NUL character');

/** Environment variables by name. */
export const environmentShape = z
  .record(environmentName, environmentValue)
  .superRefine((variables, context) => {
    const taken = Object.keys(variables).find(isPlatformVariable);
    if (taken === undefined) return;
    const message = `${taken} is set by HiveMind itself; ${PLATFORM_VARIABLE_HINT}`;
    context.addIssue({ code: 'custom', path: [taken], message });
  });

/** Settings of the plan by name; an empty text takes one back. */
export const planSettingsShape = z.record(z.string().max(60), z.string().max(2_000));

/** What is done about a failure. */
export const mendingFields = {
  /** `ask`: what is safe and sure is done, the rest is asked; `safe`: nothing is asked; `none`: nothing is done. */
  fixes: z.enum(FIX_POLICIES).optional(),
  /** How long a question waits for its answer; the questions of one execution have to fit into its time. */
  answerSeconds: z.number().int().min(1).max(ANSWER_SECONDS).optional(),
};
