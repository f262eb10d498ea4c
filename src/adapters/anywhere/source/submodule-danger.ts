import { couldRunProgram } from '../../../domain/source.ts';

/**
 * Why a setting of `.gitmodules` is refused, as the end of a sentence; undefined for a harmless one.
 * @param key `submodule.<name>.<variable>`, where the name may contain dots
 */
export function submoduleDanger(key: string, value: string): string | undefined {
  const name = key.slice(key.indexOf('.') + 1, key.lastIndexOf('.'));
  const variable = key.slice(key.lastIndexOf('.') + 1).toLowerCase();
  if (/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name))
    return `has a submodule whose name leaves its folder, "${name}"`;
  if (variable === 'update' && value.startsWith('!'))
    return `has a submodule that runs a command, "${value}"`;
  if (variable === 'url' && couldRunProgram(value))
    return `has a submodule with the unsafe address "${value}"`;
  if (variable === 'path' && /^-|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(value)) {
    return `has a submodule with the unsafe path "${value}"`;
  }
  return undefined;
}
