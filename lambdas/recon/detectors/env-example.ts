import dotenv from 'dotenv';
import type { Detector, DetectorContext } from '../detector-context.ts';
import { isProvided, isSecret, isVariableName } from '../environment-names.ts';
import { type Observation, observe, SURE } from '../observation.ts';
import { SERVICE_ADDRESSES } from '../services.ts';

const FILES = [
  '.env.example',
  '.env.sample',
  '.env.template',
  '.env.dist',
  'env.example',
  'example.env',
  '.env.local.example',
];
const MAXIMUM_VARIABLES = 100;
const PLACEHOLDER =
  /^(?:<[^>]{0,200}>|\[[^\]]{0,200}\]|\.{3}|x{3,}|\*{3,}|your.{0,200}|(?:my|insert|enter|replace|change|fill|put|add|set)[-_ ].{0,200}|todo|tbd|changeme|change_me|secret|password|placeholder|example|none|null|sk[-_]x{3,}.{0,80})$/i;

/** Names and example values that the repository shows to whoever sets it up. */
export const detectEnvironmentExample: Detector = async (context) => {
  const path = context.folder.firstOf(FILES);
  const text = path === undefined ? undefined : await context.folder.read(path);
  if (path === undefined || text === undefined) return [];
  const lines = text.split('\n');
  // The default parser of dotenv takes quadratic time on empty lines.
  const values = Object.entries(dotenv.parse(text, { fast: true }));
  return values
    .filter(([name]) => isVariableName(name) && !isProvided(name))
    .slice(0, MAXIMUM_VARIABLES)
    .flatMap(([name, value]) => observationsFor(name, value, { context, path, lines }));
};

interface ExampleFile {
  readonly context: DetectorContext;
  readonly path: string;
  readonly lines: readonly string[];
}

function observationsFor(
  name: string,
  value: string,
  { context, path, lines }: ExampleFile,
): readonly Observation[] {
  const index = lines.findIndex((line) =>
    line
      .trim()
      .replace(/^export /, '')
      .startsWith(`${name}=`),
  );
  const line = index === -1 ? undefined : index + 1;
  const optional = /optional/i.test(
    `${lines[index - 1]?.startsWith('#') ? lines[index - 1] : ''} ${lines[index] ?? ''}`,
  );
  const required = !optional && (value === '' || PLACEHOLDER.test(value));
  const state = value === '' ? 'without a value' : required ? 'with a placeholder' : 'with an example value';
  const evidence = context.folder.evidence(path, `${name} ${state}`, line);
  const service = SERVICE_ADDRESSES.find(([address]) => address.test(value))?.[1];
  const address = context.folder.evidence(path, `${name} is an address of ${service}`, line);
  const variable = observe('variable', { name, required, secret: isSecret(name) }, SURE.stated, evidence);
  if (service === undefined) return [variable];
  return [
    variable,
    service === 'postgres'
      ? observe('database', 'postgres', SURE.likely, address)
      : observe('service', service, SURE.clear, address),
  ];
}
