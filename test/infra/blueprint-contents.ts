import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../blueprints/', import.meta.url);

interface Resource {
  /** In its template. */
  readonly id: string;
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Every resource of every template in blueprints/. */
export function resourcesOfBlueprints(): readonly Resource[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const text = readFileSync(new URL(file, FOLDER), 'utf8');
      const { Resources } = JSON.parse(text) as { Resources: Record<string, Omit<Resource, 'id'>> };
      return Object.entries(Resources).map(([id, resource]) => ({ ...resource, id }));
    });
}

/** Actions that the policies in the blueprints give to the roles in them. */
export function actionsOfBlueprints(): readonly string[] {
  const documents = resourcesOfBlueprints()
    .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')
    .map(({ Properties }) => JSON.stringify(Properties?.['PolicyDocument']));
  const actions = documents.flatMap((document) => [...document.matchAll(/"([a-z0-9]+:[A-Z]\w+)"/g)]);
  return [...new Set(actions.map(([, action = '']) => action))].sort();
}
