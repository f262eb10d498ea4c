import type * as z from 'zod';
import type { retryRequest } from '../contracts/fix-requests.ts';
import type { ResolvedSource } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { DeploySettings, ReleaseExecution } from '../domain/execution.ts';
import { canonicalJson } from '../domain/json.ts';
import { mergePlanSettings, parsePlanSettings } from '../domain/plan-settings.ts';
import { readEnvironment, type SettingsPorts, storeEnvironment } from './inherited-settings.ts';
import type { StartDeployPorts } from './start-deploy.ts';

export type RetryRequest = z.output<typeof retryRequest>;

/**
 * The settings of a failed execution with what the retry changes.
 * @throws {HiveMindError} InvalidInput: no such setting, or values that are not kept any more
 */
export async function retriedSettings<T extends DeploySettings>(
  ports: StartDeployPorts,
  failed: ReleaseExecution & { readonly settings: T },
  request: RetryRequest,
): Promise<{ readonly settings: T; readonly isChanged: boolean }> {
  const { settings } = failed;
  const plan = mergePlanSettings(settings.plan, parsePlanSettings(request.plan));
  const environment = await retriedEnvironment(ports, failed, request.environment);
  const isOtherPlan = canonicalJson({ ...plan }) !== canonicalJson({ ...settings.plan });
  return {
    settings: {
      ...settings,
      ...environment.settings,
      plan,
      published: await publishedAgain(ports, failed),
      fixes: request.fixes ?? settings.fixes,
      answerSeconds: request.answerSeconds ?? settings.answerSeconds,
    },
    isChanged: isOtherPlan || environment.isChanged,
  };
}

async function retriedEnvironment(
  ports: SettingsPorts,
  { deploymentId, settings }: ReleaseExecution,
  given: Readonly<Record<string, string>>,
) {
  const { environmentNames, environmentSecret } = settings;
  const earlier = await readEnvironment(ports, settings);
  const values = { ...earlier, ...given };
  const lost = environmentNames.filter((name) => values[name] === undefined);
  if (lost.length > 0) throw valuesLost(lost);
  const names = Object.keys(values).sort();
  const isChanged = canonicalJson(values) !== canonicalJson({ ...earlier });
  const secret =
    isChanged || (names.length > 0 && environmentSecret === undefined)
      ? await storeEnvironment(ports, deploymentId, values)
      : environmentSecret;
  return { settings: { environmentNames: names, environmentSecret: secret }, isChanged };
}

const valuesLost = (names: readonly string[]): HiveMindError =>
  new HiveMindError(
    'InvalidInput',
    `the values of ${names.join(', ')} are gone with what the failed deploy had made`,
    { hint: `give them again: --env-file FILE, or ${names.map((name) => `--env ${name}`).join(' ')}` },
  );

/** The source as it is now, as the local target sees it too; a release that is kept has none. */
async function publishedAgain(
  ports: StartDeployPorts,
  { workflow, settings }: ReleaseExecution,
): Promise<ResolvedSource | undefined> {
  if (workflow === 'upgrade' || workflow === 'rollback') return settings.published;
  return (await ports.publish?.(settings.source)) ?? settings.published;
}
