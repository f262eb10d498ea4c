/** The CDK app of the control plane: `npx cdk synth`, `npx cdk deploy`. Settings are in cdk.json. */
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { makeBundles } from '../lib/control-plane/bundles.ts';
import { settingsOf } from '../lib/control-plane/settings.ts';
import { ControlPlaneStack } from '../lib/control-plane/stack.ts';
import { bundleProgram, PROGRAMS } from './bundle-programs.ts';

const app = new App();
Validations.of(app).addPlugins(
  new AwsSolutionsChecks(app),
  new NIST80053R5Checks(app),
  new ServerlessChecks(app),
);
const account = process.env['CDK_DEFAULT_ACCOUNT'];
const region = settingsOf(app.node).region ?? process.env['CDK_DEFAULT_REGION'];
const bundles = await makeBundles();
try {
  // The Compiler gives these to builds and artifacts.
  const programs = join(bundles.folderOf('compiler'), 'programs');
  await Promise.all(PROGRAMS.map((program) => bundleProgram(program, programs)));
  new ControlPlaneStack(app, 'hivemind', {
    bundles,
    description: 'HiveMind: the control plane that deploys and runs applications',
    env: { ...(account && { account }), ...(region && { region }) },
  });
  app.synth();
} finally {
  await bundles.remove();
}
