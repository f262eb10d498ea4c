import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { environmentName, FACTS, outputName } from '../../lib/control-plane/facts.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionSize } from '../../lib/control-plane/functions.ts';
import { STACK_NAME_PATTERNS } from '../../lib/control-plane/places.ts';
import { controlPlaneShape, environmentNameOf, outputNameOf } from '../../src/adapters/aws/control-plane.ts';
import { COLORS } from '../../src/domain/deployment.ts';
import { WORKFLOWS } from '../../src/domain/execution.ts';
import { BLUEPRINTS, sharedNetworkName, stackName } from '../../src/domain/stack.ts';
import { AGENTS } from '../../src/domain/stage.ts';
import { controlPlaneFacts, PATIENCE, type Template } from './control-plane-template.ts';
import { factsAskedBy } from './sdk-calls.ts';

let template: Template;

beforeAll(async () => {
  const facts = await controlPlaneFacts({ usual: {} });
  template = facts.template('usual');
}, PATIENCE);

const propertiesOf = (type: string) => template.properties(type);

describe('what the folder repeats of the run-time code', () => {
  test('is as the run-time code has it', () => {
    expect(FUNCTION_NAMES).toEqual([...AGENTS, 'conductor']);
    expect(FACTS).toEqual(Object.keys(controlPlaneShape.shape));
    expect(FACTS.map(environmentName)).toEqual(FACTS.map(environmentNameOf));
    expect(FACTS.map(outputName)).toEqual(FACTS.map(outputNameOf));
  });

  test('matches the names of all stacks', () => {
    const patterns = STACK_NAME_PATTERNS.map((pattern) => new RegExp(`^${pattern.replace('*', '.*')}$`));
    const names = [
      ...BLUEPRINTS.filter((blueprint) => blueprint !== 'compute').map((one) =>
        stackName('shop-abc234', one),
      ),
      ...COLORS.map((color) => stackName('shop-abc234', 'compute', color)),
      sharedNetworkName('stage-1'),
      sharedNetworkName('production'),
    ];
    expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  });
});

describe('functions', () => {
  test('run on arm64 and Node 24, traced, each with a role and a log group of its own', () => {
    const functions = propertiesOf('AWS::Lambda::Function');
    expect(functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(
      FUNCTION_NAMES.map((name) => `hivemind-${name}`).sort(),
    );
    for (const each of functions) {
      expect(each).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
      expect(each).not.toHaveProperty('ReservedConcurrentExecutions');
    }
    const distinct = (property: string) => new Set(functions.map((each) => JSON.stringify(each[property])));
    expect(distinct('Role').size).toBe(FUNCTION_NAMES.length);
    expect(distinct('LoggingConfig').size).toBe(FUNCTION_NAMES.length);
  });

  test.each(FUNCTION_NAMES)('%s is told what its code asks for, and nothing else', async (name) => {
    const [found] = propertiesOf('AWS::Lambda::Function').filter(
      ({ FunctionName }) => FunctionName === `hivemind-${name}`,
    );
    const { Variables } = (found?.['Environment'] ?? {}) as { Variables: Record<string, unknown> };
    const facts = Object.keys(Variables).filter((variable) => FACTS.map(environmentName).includes(variable));
    expect(facts.sort()).toEqual((await factsAskedBy(name)).map(environmentNameOf).sort());
    expect(Variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
    });
  });

  test('end before the workflow gives up on them', () => {
    for (const name of FUNCTION_NAMES) {
      const size: FunctionSize = FUNCTIONS[name];
      for (const seconds of taskTimeouts(name)) expect(size.timeoutSeconds).toBeLessThan(seconds);
      expect(size.timeoutSeconds).toBeLessThanOrEqual(900);
    }
  });
});

/** Of every task that calls the function. */
function taskTimeouts(name: string): readonly number[] {
  const placeholder = `\${${name.charAt(0).toUpperCase()}${name.slice(1)}FunctionArn}`;
  const found: number[] = [];
  for (const workflow of WORKFLOWS) {
    const file = new URL(`../../state-machines/${workflow}.asl.json`, import.meta.url);
    JSON.parse(readFileSync(file, 'utf8'), (_key, value: { Resource?: string; TimeoutSeconds?: number }) => {
      if (value?.Resource === placeholder) found.push(value.TimeoutSeconds ?? Number.NaN);
      return value;
    });
  }
  return found;
}

describe('workflows', () => {
  test('are Standard, traced, and log every transition without what passes through', () => {
    for (const machine of propertiesOf('AWS::StepFunctions::StateMachine')) {
      expect(machine).toMatchObject({
        StateMachineType: 'STANDARD',
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      });
    }
    const names = propertiesOf('AWS::StepFunctions::StateMachine').map(
      ({ StateMachineName }) => StateMachineName,
    );
    expect(names.sort()).toEqual(WORKFLOWS.map((workflow) => `hivemind-${workflow}`).sort());
  });
});

describe('events', () => {
  test('of pushes and of executions that ended wake the conductor, and so does the time', () => {
    const rules = propertiesOf('AWS::Events::Rule').map(({ EventPattern }) => EventPattern);
    expect(rules).toEqual(
      expect.arrayContaining([
        { source: ['hivemind.git'], 'detail-type': ['push'] },
        expect.objectContaining({ 'detail-type': ['CodeCommit Repository State Change'] }),
        expect.objectContaining({
          'detail-type': ['Step Functions Execution Status Change'],
          detail: expect.objectContaining({ status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] }),
        }),
      ]),
    );
    const scheduled = propertiesOf('AWS::Events::Rule').filter((rule) => rule['ScheduleExpression']);
    expect(scheduled).toEqual([
      expect.objectContaining({
        ScheduleExpression: 'rate(5 minutes)',
        Targets: [expect.objectContaining({ Input: '{"action":"tend"}' })],
      }),
    ]);
    for (const { Targets } of propertiesOf('AWS::Events::Rule')) {
      expect(Targets).toEqual([expect.objectContaining({ DeadLetterConfig: expect.anything() })]);
    }
  });
});

describe('instances', () => {
  test('obey one document, whose parameters hold nothing that a shell understands', () => {
    const document = template.only('AWS::SSM::Document');
    const { parameters, mainSteps } = document['Content'] as {
      parameters: Record<string, { allowedValues?: string[]; allowedPattern?: string }>;
      mainSteps: { inputs: { runCommand: string[] } }[];
    };
    expect(mainSteps[0]?.inputs.runCommand).toEqual([
      'exec /opt/hivemind/bin/hivemind-instance {{ verb }} {{ payload }}',
    ]);
    expect(parameters['verb']?.allowedValues?.filter((verb) => !/^[a-z-]+$/.test(verb))).toEqual([]);
    const payload = new RegExp(parameters['payload']?.allowedPattern ?? '');
    expect(payload.test(Buffer.from('{"command":"x; y $(z)"}').toString('base64url'))).toBe(true);
    for (const bad of ['e30; id', 'e30 x', '$(id)', 'e30\nid', '', 'e30='])
      expect(payload.test(bad)).toBe(false);
  });
});
