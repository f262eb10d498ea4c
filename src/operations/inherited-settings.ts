import type { NetworkScope } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { type DeploySettings, isRelease } from '../domain/execution.ts';
import { mergePlanSettings } from '../domain/plan-settings.ts';
import { timeAfter } from '../domain/time.ts';
import type { Secrets } from '../ports/secrets.ts';
import { liveExecutions } from '../stages/live-executions.ts';
import { secretsOfSettings } from '../stages/recorded-secrets.ts';
import type { RecordPorts } from './ports.ts';

export interface SettingsPorts extends RecordPorts {
  readonly secrets: Pick<Secrets, 'put' | 'get'>;
}

export interface Wishes {
  readonly environment: Readonly<Record<string, string>>;
  /** Of a deployment for which nobody ever chose one. */
  readonly defaultNetwork?: NetworkScope | undefined;
}

/** What nobody says again stays as it was: environment, port, description, network, certificate, traces, plan, what a fix has set. */
export async function inheritedSettings(
  ports: SettingsPorts,
  deploymentId: string,
  settings: DeploySettings,
  wishes: Wishes,
): Promise<DeploySettings> {
  const earlier = await settingsToKeep(ports, deploymentId);
  const environment = { ...(await readEnvironment(ports, earlier)), ...wishes.environment };
  const names = Object.keys(environment).sort();
  const secret =
    names.length > 0 && !settings.whatIf
      ? await storeEnvironment(ports, deploymentId, environment)
      : undefined;
  return {
    ...settings,
    description: settings.description ?? earlier?.description,
    listenerPort: settings.listenerPort ?? earlier?.listenerPort,
    network: settings.network ?? earlier?.network ?? wishes.defaultNetwork,
    networkStage: settings.networkStage ?? earlier?.networkStage,
    certificateArn: settings.certificateArn ?? earlier?.certificateArn,
    xray: settings.xray ?? earlier?.xray,
    autoCleanup: settings.autoCleanup ?? earlier?.autoCleanup,
    fixes: settings.fixes ?? earlier?.fixes,
    answerSeconds: settings.answerSeconds ?? earlier?.answerSeconds,
    variables: settings.variables ?? earlier?.variables,
    plan: mergePlanSettings(earlier?.plan, settings.plan),
    environmentNames: names,
    environmentSecret: secret,
  };
}

/** Those of the newest execution that counts for what is live; before there is one, those of the newest attempt. */
export async function settingsToKeep(
  ports: Pick<RecordPorts, 'store'>,
  deploymentId: string,
): Promise<DeploySettings | undefined> {
  const [live] = await liveExecutions(ports.store, deploymentId);
  const newest = live ?? (await ports.store.listExecutions({ deploymentId })).find(isRelease);
  return newest?.settings;
}

/** Longer than a platform's list of secrets lags behind: older ones are in it. */
const LISTED_AFTER_SECONDS = 900;

/** Stores the operator's variables, unless a secret has them already. Returns its reference. */
export async function storeEnvironment(
  { store, secrets, clock }: SettingsPorts,
  deploymentId: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const since = timeAfter(clock.now(), -LISTED_AFTER_SECONDS);
  const recorded = await secretsOfSettings(store, deploymentId, since);
  return secrets.put(deploymentId, 'environment', environment, recorded);
}

/** The operator's variables. Empty when there were none, or when a failed first deploy took them away again. */
export async function readEnvironment(
  ports: SettingsPorts,
  earlier: Pick<DeploySettings, 'environmentSecret'> | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (earlier?.environmentSecret === undefined) return {};
  try {
    return await ports.secrets.get(earlier.environmentSecret);
  } catch (error) {
    if (error instanceof HiveMindError && error.code === 'SecretNotFound') return {};
    throw error;
  }
}
