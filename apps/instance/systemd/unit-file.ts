import { InstanceFailure } from '../program-failure.ts';

export type Settings = readonly (readonly [name: string, value: string])[];

/** A unit file of these sections. @throws {InstanceFailure} a value with a line break, which would be another setting */
export function unitFile(sections: Readonly<Record<string, Settings>>): string {
  return Object.entries(sections)
    .map(([name, settings]) => `[${name}]\n${settings.map(line).join('')}`)
    .join('\n');
}

function line([name, value]: Settings[number]): string {
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value))
    throw new InstanceFailure(`${name} of a unit has a control character`);
  return `${name}=${value}\n`;
}

/** `%` introduces a specifier wherever a unit is read. */
export const literal = (text: string): string => text.replaceAll('%', '%%');

/** A command line for `ExecStart=` that starts exactly these arguments (systemd.service(5), "Command lines"). */
export const commandLine = (argv: readonly string[]): string => argv.map(quoted).join(' ');

function quoted(argument: string): string {
  const escaped = argument
    .replace(/["\\]/g, '\\$&')
    // Also what JavaScript does not call a control character would end the line or the word for systemd.
    .replace(/[\x01-\x1f\x7f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll('$', '$$$$');
  return `"${literal(escaped)}"`;
}
