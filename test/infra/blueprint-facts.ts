/**
 * Prints what the constructs make and what cdk-nag says of it. A program of its own, because Node loads the CDK in a second and
 * jest's module loader in ten.
 */
import { blueprintApp, synthesizedTemplates } from '../../lib/deployment/blueprint-app.ts';
import { nagFindings } from './nag-findings.ts';

console.log(
  JSON.stringify({
    templates: Object.fromEntries(synthesizedTemplates()),
    ...nagFindings(blueprintApp().app),
  }),
);
