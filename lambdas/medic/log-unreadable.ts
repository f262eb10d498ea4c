import { asHiveMindError } from '../../src/domain/errors.ts';
import type { Execution } from '../../src/domain/execution.ts';
import type { MedicPorts } from './ports.ts';

/**
 * The log of the deployment says what the Medic goes on without.
 * @param doing ends with what cannot be read, as in `diagnosing without the log`
 */
export function logUnreadable(
  { clock, telemetry }: Pick<MedicPorts, 'clock' | 'telemetry'>,
  { deploymentId }: Pick<Execution, 'deploymentId'>,
  doing: string,
  error: unknown,
): void {
  const text = `${doing}, which cannot be read: ${asHiveMindError(error).message}`;
  telemetry.log(deploymentId, { time: clock.now(), source: 'agent', name: 'medic', text });
}
