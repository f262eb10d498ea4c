import { pathToFileURL } from 'node:url';
import {
  type ControlPlane,
  controlPlaneShape,
  environmentNameOf,
} from '../../src/adapters/aws/control-plane.ts';
import type { AgentFunction } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { AGENTS, type AgentName } from '../../src/domain/stage.ts';
import type { Account } from './account.ts';

const root = new URL('../../', import.meta.url);

/** A minute and a half: what most functions have. */
const USUAL_MILLISECONDS = 90_000;

/** A function, and how much time it has. */
export type OperatedFunction = (event: unknown, milliseconds?: number) => Promise<unknown>;
export type Functions = Readonly<Record<AgentName | 'conductor', OperatedFunction>>;

/**
 * The functions of the control plane as they are deployed: the handlers, wired by nothing but their environment. They read it when
 * they are loaded, so one test file has one account.
 */
export async function loadFunctions(
  account: Account,
  controlPlane: ControlPlane,
  programs: string,
): Promise<Functions> {
  Object.assign(process.env, account.environment, {
    POWERTOOLS_SERVICE_NAME: 'hivemind',
    POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    // Nothing is traced here, and following every promise for it is a tenth of all work.
    AWS_XRAY_MANUAL_MODE: 'true',
    HIVEMIND_PROGRAMS: programs,
  });
  for (const [key, value] of Object.entries(controlPlaneShape.parse(controlPlane))) {
    process.env[environmentNameOf(key)] = value;
  }
  const entries = [...AGENTS, 'conductor' as const].map(async (name) => {
    const file = new URL(`lambdas/${name}/handler.ts`, root);
    const module = (await import(pathToFileURL(file.pathname).href)) as { handler: AgentFunction };
    const call: OperatedFunction = (event, milliseconds = USUAL_MILLISECONDS) =>
      module.handler(event, { getRemainingTimeInMillis: () => milliseconds });
    return [name, call] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Functions;
}
