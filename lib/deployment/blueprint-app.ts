import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type IStackSynthesizer, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Blueprint } from './blueprint.ts';
import { COMPUTE_BLUEPRINTS } from './compute.ts';
import { DATABASE_BLUEPRINTS } from './database.ts';
import { LOAD_BALANCER_BLUEPRINTS } from './load-balancer.ts';
import { MONITORING_BLUEPRINTS } from './monitoring.ts';
import { NETWORK_BLUEPRINTS } from './network.ts';

/** Everything that CloudFormation can make for a deployment. */
const BLUEPRINTS: readonly Blueprint[] = [
  ...NETWORK_BLUEPRINTS,
  ...LOAD_BALANCER_BLUEPRINTS,
  ...DATABASE_BLUEPRINTS,
  ...MONITORING_BLUEPRINTS,
  ...COMPUTE_BLUEPRINTS,
];

/** `network.stage-1`: name of the file in `blueprints/`. */
export const templateName = ({ blueprint, variant }: Pick<Blueprint, 'blueprint' | 'variant'>): string =>
  `${blueprint}.${variant}`;

export interface BlueprintApp {
  readonly app: App;
  /** Template name → stack. */
  readonly stacks: ReadonlyMap<string, Stack>;
}

/**
 * A stack for each blueprint. Their templates depend on nothing but the code: no assets, no bootstrap version, no metadata of the
 * machine or of the versions in use.
 */
export function blueprintApp(outdir?: string): BlueprintApp {
  const app = new App({
    ...(outdir !== undefined && { outdir }),
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
  });
  const stacks = new Map<string, Stack>();
  for (const blueprint of BLUEPRINTS) {
    const name = templateName(blueprint);
    const stack = new Stack(app, name.replaceAll('.', '-'), {
      description: blueprint.description,
      analyticsReporting: false,
      synthesizer: new LegacyStackSynthesizer() as IStackSynthesizer,
    });
    blueprint.build(stack);
    stacks.set(name, stack);
  }
  return { app, stacks };
}

/** Template name → template, as CloudFormation takes it. */
export function synthesizedTemplates(): ReadonlyMap<string, unknown> {
  const outdir = mkdtempSync(join(tmpdir(), 'hivemind-blueprints-'));
  try {
    const { app, stacks } = blueprintApp(outdir);
    const assembly = app.synth();
    return new Map(
      [...stacks].map(([name, stack]) => [name, assembly.getStackArtifact(stack.artifactId).template]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
