import type { FixParameters } from '../../../src/domain/diagnosis/fix-parameters.ts';
import { RISKS, type Risk } from '../../../src/domain/diagnosis/taxonomy/action.ts';
import { ACTIONS, type ActionId } from '../../../src/domain/diagnosis/taxonomy/actions.ts';
import { type DeploySettings, isRelease } from '../../../src/domain/execution.ts';
import type { FixAction, SettingsChange, ShownChange } from '../../../src/domain/fix.ts';
import type { Command, Plan } from '../../../src/domain/plan.ts';
import { NONE, PLAN_SETTINGS, type PlanSetting } from '../../../src/domain/plan-settings.ts';
import { commandText } from '../../../src/domain/wording.ts';
import type { Ailment } from './proposal.ts';

interface Proposed {
  /** What is done, as it follows "may I". */
  readonly does: string;
  /** Where this case is worth more than the action is in general: money, or data. */
  readonly risk?: Risk;
  readonly parameters?: FixParameters;
  readonly change?: SettingsChange;
  readonly asks?: readonly string[];
  readonly pauseSeconds?: number;
}

/** A fix with all that an operator has to know to agree to it. */
export function fixAction(ailment: Ailment, action: ActionId, proposed: Proposed): FixAction {
  const { does, risk = 'safe', parameters = {}, change = {}, asks = [], pauseSeconds = 0 } = proposed;
  const risks = [risk, ACTIONS[action].risk];
  return {
    action,
    risk: RISKS.findLast((level) => risks.includes(level)) ?? 'human-only',
    parameters,
    does,
    change,
    shown: shownChanges(ailment, change),
    asks,
    pauseSeconds,
  };
}

/** Whether what it would set is set already, so that nothing would go another way than before. */
export const changesNothing = ({ shown, asks, pauseSeconds }: FixAction): boolean =>
  shown.length > 0 && asks.length === 0 && pauseSeconds === 0 && shown.every(({ from, to }) => from === to);

/** What the execution was asked for; undefined for one that removes. */
export const settingsOf = ({ execution }: Ailment): DeploySettings | undefined =>
  isRelease(execution) ? execution.settings : undefined;

function shownChanges(ailment: Ailment, { plan, variables, startTimeoutSeconds }: SettingsChange) {
  const settings = settingsOf(ailment);
  const shown: ShownChange[] = [];
  for (const [setting, to] of Object.entries(plan ?? {})) {
    if (isPlanSetting(setting)) shown.push({ setting, from: inForce(ailment, setting), to: to || null });
  }
  for (const [name, to] of Object.entries(variables ?? {})) {
    shown.push({ setting: name, from: settings?.variables?.[name] ?? null, to: to || null });
  }
  if (startTimeoutSeconds !== undefined) {
    const from = settings ? String(settings.startTimeoutSeconds) : null;
    shown.push({ setting: 'startTimeoutSeconds', from, to: String(startTimeoutSeconds) });
  }
  return shown;
}

const isPlanSetting = (key: string): key is PlanSetting => Object.hasOwn(PLAN_SETTINGS, key);

/** A setting of the plan as it is now, in the words in which it is set. */
export function inForce(ailment: Ailment, setting: PlanSetting): string | null {
  const given = settingsOf(ailment)?.plan?.[setting];
  return given || (ailment.plan === null ? null : found(ailment.plan, setting));
}

function found(plan: Plan, setting: PlanSetting): string | null {
  switch (setting) {
    case 'root':
      return plan.root.value;
    case 'start':
      return orNone(plan.processes.value[0]?.command ?? null);
    case 'install':
    case 'build':
    case 'migrations':
      return orNone(plan[setting].value);
    case 'healthCheckPath':
      return plan.healthCheckPath.value;
    case 'database':
      return plan.database.value ?? NONE;
    case 'webSocket':
      return String(plan.webSocket.value);
    case 'runtimeVersion':
      return plan.runtimeVersion.value;
    case 'port':
    case 'buildMemory':
      return null;
  }
}

const orNone = (command: Command | null): string => (command === null ? NONE : commandText(command));
