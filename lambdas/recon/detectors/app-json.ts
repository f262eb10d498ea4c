import * as z from 'zod';
import type { Detector } from '../detector-context.ts';
import { maybeText, readHints } from '../documents.ts';
import { isProvided, isSecret, isVariableName } from '../environment-names.ts';
import { lineOf } from '../folder.ts';
import { type Observation, observe, SURE } from '../observation.ts';

const variable = z.union([
  z.string().transform((value) => ({ required: true, value, generator: undefined })),
  z.object({ required: z.boolean().catch(true), value: maybeText, generator: maybeText }),
]);
const addon = z.union([z.string(), z.object({ plan: z.string() }).transform(({ plan }) => plan)]).catch('');
const shape = z.object({
  env: z
    .record(z.string(), variable.catch({ required: false, value: undefined, generator: undefined }))
    .catch({}),
  addons: z.array(addon).catch([]),
  formation: z.record(z.string(), z.unknown()).catch({}),
});

/** The manifest of Heroku: variables, add-ons and process types. */
export const detectAppJson: Detector = async ({ folder }) => {
  const manifest = await readHints(folder, 'app.json', shape);
  if (!manifest) return [];
  const text = (await folder.read('app.json')) ?? '';
  const at = (key: string, note: string) => folder.evidence('app.json', note, lineOf(text, `"${key}`));
  const variables = Object.entries(manifest.env)
    .filter(([name]) => isVariableName(name) && !isProvided(name))
    .slice(0, 100)
    .map(([name, { required, value, generator }]) => {
      const needed = required && !value && generator === undefined;
      return observe(
        'variable',
        { name, required: needed, secret: isSecret(name) || generator === 'secret' },
        SURE.stated,
        at(name, `env.${name}`),
      );
    });
  const addons = manifest.addons.flatMap((name): readonly Observation[] => {
    if (name.startsWith('heroku-postgresql'))
      return [observe('database', 'postgres', SURE.clear, at(name, `add-on ${name.slice(0, 60)}`))];
    const service = /^(?:heroku-redis|rediscloud)/.test(name)
      ? 'redis'
      : /^(?:cleardb|jawsdb)/.test(name)
        ? 'mysql'
        : undefined;
    return service === undefined
      ? []
      : [observe('service', service, SURE.clear, at(name, `add-on ${name.slice(0, 60)}`))];
  });
  const web =
    'web' in manifest.formation
      ? [observe('exposed', true, SURE.hint, at('web', 'formation has a web process'))]
      : [];
  return [...variables, ...addons, ...web];
};
