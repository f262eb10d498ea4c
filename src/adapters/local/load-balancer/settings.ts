import * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';

const seconds = z.number().min(0).max(86_400);

/** A target is healthy when a GET of this path answers 200 to 399. */
export const healthCheckPath = z
  .string()
  .max(1_024)
  .regex(/^\/[\x21-\x7e]*$/, 'has to start with / and be plain ASCII');

export const settingsShape = z.strictObject({
  /** Of targets that were registered without one of their own. */
  healthCheckPath,
  /** How long requests in flight may go on after their target was deregistered. */
  deregistrationDelaySeconds: seconds,
  /** How long a connection may be silent: before an answer that is a 504, within one the end of it. */
  idleTimeoutSeconds: seconds.min(1).default(60),
  /** Over this time the share of a target that became healthy grows to its full size; 0 is at once. */
  slowStartSeconds: seconds.default(0),
});
export type LoadBalancerSettings = z.infer<typeof settingsShape>;
export type LoadBalancerSettingsInput = z.input<typeof settingsShape>;

/** @throws {HiveMindError} InvalidInput */
export function parseSettings(input: LoadBalancerSettingsInput): LoadBalancerSettings {
  const parsed = settingsShape.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new HiveMindError(
    'InvalidInput',
    `the load balancer cannot be set up: ${z.prettifyError(parsed.error)}`,
    {
      hint: 'correct the health check path or the times of the load balancer',
      cause: parsed.error,
    },
  );
}
