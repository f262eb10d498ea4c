import { InstanceFailure } from '../program-failure.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What a backslash makes literal between double quotes; everything else, line breaks too, stands for itself. */
const SPECIAL = /["\\`$]/g;

/**
 * Variables as systemd's `EnvironmentFile=` reads them (systemd.exec(5)). Names that no shell could set are left out, as systemd
 * itself would.
 * @throws {InstanceFailure} a value that no process can be given
 */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .filter(([name]) => NAME.test(name))
    .map(([name, value]) => {
      if (value.includes('\0')) throw new InstanceFailure(`the variable ${name} has a NUL character`);
      return `${name}="${value.replace(SPECIAL, '\\$&')}"\n`;
    })
    .join('');
}

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\[\s\S])*)"$/gm;

/** Reads what `environmentFile` wrote. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ASSIGNMENT)].map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(["\\`$])/g, '$1'),
    ]),
  );
}
