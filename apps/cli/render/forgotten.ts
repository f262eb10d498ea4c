import type { DeploymentView } from '../../../src/contracts/deployment.ts';
import { unansweredFailure } from '../../../src/domain/forgotten.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { localTime } from './words.ts';

/** `2`, or `2 (1 is warm)`. */
export function releasesText(release: DeploymentView['release'], warm: DeploymentView['warm']): string {
  const live = release === null ? '-' : String(release.number);
  return warm === null ? live : `${live} (${warm.release} is warm)`;
}

/** Which release can take the traffic back at once; undefined when none can. */
export const warmText = ({ name, warm }: Pick<DeploymentView, 'name' | 'warm'>): string | undefined =>
  warm === null
    ? undefined
    : `release ${warm.release} stays warm until ${localTime(warm.until)}: "hivemind rollback ${singleLine(name)}" goes back to it at once`;

/** That a failure has waited for a day; undefined when none has. */
export function unansweredText(
  deployment: Pick<DeploymentView, 'name' | 'status' | 'failure' | 'updatedAt'>,
  now = new Date().toISOString(),
): string | undefined {
  const since = unansweredFailure(deployment, now);
  const name = singleLine(deployment.name);
  return since === undefined
    ? undefined
    : `${name} failed at ${localTime(since)}, and nobody has answered: deploy it again, or "hivemind destroy ${name}"`;
}
