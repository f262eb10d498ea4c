import { external, succeeds } from '../external-program.ts';

/** What systemd says of a unit. */
export interface UnitState {
  readonly active: string;
  readonly sub: string;
  readonly restarts: number;
  /** Path of its control group below the file system of control groups; empty when nothing of it runs. */
  readonly controlGroup: string;
}

const PROPERTIES = ['Id', 'ActiveState', 'SubState', 'NRestarts', 'ControlGroup'];

export const reloadUnits = (): Promise<string> => external('systemctl', ['daemon-reload']);

/** A unit that fails at once is started too, as far as this is concerned: its state tells. */
export const startUnits = (units: readonly string[]): Promise<boolean> =>
  succeeds('systemctl', ['start', ...units]);

export async function stopUnits(units: readonly string[]): Promise<void> {
  await external('systemctl', ['stop', ...units], { timeoutSeconds: 120 });
}

/** Whether they start with the machine. */
export async function enableUnits(units: readonly string[], enabled: boolean): Promise<void> {
  await external('systemctl', [enabled ? 'enable' : 'disable', ...units]);
}

/** Forgets failures and the count of restarts. */
export const forgetFailures = (units: readonly string[]): Promise<boolean> =>
  succeeds('systemctl', ['reset-failed', ...units]);

export async function unitStates(units: readonly string[]): Promise<ReadonlyMap<string, UnitState>> {
  const text = await external('systemctl', ['show', `--property=${PROPERTIES.join(',')}`, ...units]);
  const blocks = text.split(/\n\n+/).map((block) => new Map(block.split('\n').map(pair)));
  return new Map(
    blocks.map((block) => [
      block.get('Id') ?? '',
      {
        active: block.get('ActiveState') ?? 'inactive',
        sub: block.get('SubState') ?? 'dead',
        restarts: Number(block.get('NRestarts') ?? 0),
        controlGroup: block.get('ControlGroup') ?? '',
      },
    ]),
  );
}

const pair = (line: string): [string, string] => {
  const end = line.indexOf('=');
  return [line.slice(0, end), line.slice(end + 1)];
};
