import { isPlatformVariable } from '../../../src/domain/platform-variables.ts';
import { rewireDatabaseUrl } from './database.ts';
import { fixAction } from './fix-action.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { textIn, variableIn } from './untrusted.ts';

/** Variables that are no secrets, with the values that help: nothing else is ever set for somebody. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  CI: ['false'],
  DISABLE_ESLINT_PLUGIN: ['true'],
  ESLINT_NO_DEV_ERRORS: ['true'],
  SKIP_PREFLIGHT_CHECK: ['true'],
  GENERATE_SOURCEMAP: ['false'],
  HUSKY: ['0'],
  NODE_OPTIONS: ['--openssl-legacy-provider'],
};

export const setVariable: Remedy = (ailment) => {
  const { parameters } = ailment.diagnosis;
  const name = textIn(parameters, 'name') ?? 'CI';
  const value = textIn(parameters, 'value') ?? 'false';
  if (!Object.hasOwn(HARMLESS, name) || !HARMLESS[name]?.includes(value)) return [];
  return [
    fixAction(ailment, 'set_env_var', {
      does: `set ${name}=${value} for the build and the application`,
      parameters: { name, value },
      change: { variables: { [name]: value } },
    }),
  ];
};

/** A value that only the operator knows. Where HiveMind can give it, the operator need not be asked. */
export const requestValue: Remedy = (ailment) => {
  const name = variableIn(ailment.diagnosis.parameters, 'name') ?? onlyUnset(ailment);
  if (name === undefined || isPlatformVariable(name)) return [];
  const names = [...new Set([name, ...namedBeside(ailment)])];
  const asking = fixAction(ailment, 'request_env_value', {
    does: `start again with ${names.length === 1 ? 'a value' : 'values'} of yours for ${names.join(' and ')}`,
    parameters: { name },
    asks: names,
  });
  return [...rewireDatabaseUrl(ailment), asking];
};

/** What the repository calls required and nobody has set, when that is a single one. */
function onlyUnset(ailment: Ailment): string | undefined {
  const required = unset(ailment).filter((variable) => variable.required);
  return required.length === 1 ? required[0]?.name : undefined;
}

/** What else the repository reads, nobody has set and the failure names: asked for at once. */
function namedBeside(ailment: Ailment): readonly string[] {
  const { message, logTail } = ailment.failure;
  const words = new Set(
    [message, ...logTail].filter(saysMissing).flatMap((line) => line.match(/\w+/g) ?? []),
  );
  return unset(ailment).flatMap(({ name }) => (words.has(name) && !isPlatformVariable(name) ? [name] : []));
}

const saysMissing = (line: string): boolean =>
  /missing|required|not set|undefined|must be|needs? /i.test(line);

function unset({ plan, execution }: Ailment) {
  const given = 'environmentNames' in execution.settings ? execution.settings.environmentNames : [];
  return (plan?.environment.value ?? []).filter(({ name }) => !given.includes(name));
}
