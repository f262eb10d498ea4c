import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('./control-plane-facts.ts', import.meta.url));

/** The CDK makes several control planes, and two cores may be busy with other tests. */
export const PATIENCE = 120_000;

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export interface TemplateText {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

interface Printed {
  readonly results: readonly ({ readonly template: TemplateText } | { readonly error: string })[];
  readonly open: readonly string[];
  readonly all: readonly string[];
  readonly accepted: readonly { readonly finding: string; readonly reason: string }[];
}

/** Questions about a template. */
export class Template {
  readonly text: TemplateText;

  constructor(text: TemplateText) {
    this.text = text;
  }

  /** By logical id. */
  resources(type: string): readonly (readonly [string, Resource])[] {
    return Object.entries(this.text.Resources).filter(([, { Type }]) => Type === type);
  }

  properties(type: string): readonly Resource['Properties'][] {
    return this.resources(type).map(([, { Properties }]) => Properties);
  }

  /** Of the only one of its type. */
  only(type: string): Resource['Properties'] {
    const [found, ...others] = this.properties(type);
    if (found && others.length === 0) return found;
    throw new Error(`the template has ${found ? 'several' : 'no'} ${type}`);
  }
}

export interface ControlPlaneFacts<Name extends string> extends Pick<Printed, 'open' | 'all' | 'accepted'> {
  template(name: Name): Template;
  /** Why there is no template. */
  error(name: Name): string;
}

/** The control plane with several settings, by name; the first is the one that cdk-nag looks at. */
export async function controlPlaneFacts<Name extends string>(
  settings: Readonly<Record<Name, Readonly<Record<string, string>>>>,
): Promise<ControlPlaneFacts<Name>> {
  const { stdout } = await run(process.execPath, [PROGRAM, JSON.stringify(Object.values(settings))], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const { results, ...checks } = JSON.parse(stdout) as Printed;
  const resultOf = (name: Name) => results[Object.keys(settings).indexOf(name)];
  return {
    ...checks,
    template: (name) => {
      const result = resultOf(name);
      if (result && 'template' in result) return new Template(result.template);
      throw new Error(`${name}: ${result?.error}`);
    },
    error: (name) => {
      const result = resultOf(name);
      return result && 'error' in result ? result.error : '';
    },
  };
}
