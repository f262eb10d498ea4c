import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Agent } from './agent.ts';
import { FUNCTION_NAMES, type FunctionName } from './functions.ts';
import { arnOf, stateMachineName, type WorkflowName } from './places.ts';
import { withoutRedundantDependencies } from './redundant-dependencies.ts';
import { ServiceRole } from './service-role.ts';
import type { Settings } from './settings.ts';
import type { Statement } from './statement.ts';

export interface WorkflowProps {
  readonly workflow: WorkflowName;
  readonly agents: ReadonlyMap<FunctionName, Agent>;
  readonly key: IKey;
  readonly settings: Settings;
}

/** One file of state-machines/ as a Standard workflow. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const file = fileURLToPath(new URL(`../../state-machines/${props.workflow}.asl.json`, import.meta.url));
    const called = functionsCalledBy(file);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: stateMachineName(props.workflow),
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(file),
      definitionSubstitutions: Object.fromEntries(
        called.map((name) => [placeholderOf(name), agentOf(props, name).function.functionArn]),
      ),
      role: this.role(props, called).role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: {
        destination: this.logGroup(props),
        level: LogLevel.ALL,
        // Every transition, without what passes through: failures quote the last lines of an application's log.
        includeExecutionData: false,
      },
    });
    withoutRedundantDependencies(this.stateMachine);
  }

  private logGroup({ workflow, key, settings }: WorkflowProps): LogGroup {
    return new LogGroup(this, 'Logs', {
      // This prefix keeps the account's one resource policy for log delivery short.
      logGroupName: `/aws/vendedlogs/states/${stateMachineName(workflow)}`,
      retention: settings.logRetentionDays as RetentionDays,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private role(props: WorkflowProps, called: readonly FunctionName[]): ServiceRole {
    const name = stateMachineName(props.workflow);
    return new ServiceRole(this, 'Role', {
      description: `HiveMind: the workflow ${name}`,
      principal: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': arnOf(Stack.of(this), 'states', `stateMachine:${name}`) },
        },
      }),
      policies: {
        Policy: [
          {
            sid: 'CallAgents',
            actions: ['lambda:InvokeFunction'],
            resources: called.map((agent) => agentOf(props, agent).function.functionArn),
          },
          ...WORKFLOW_STATEMENTS,
        ],
      },
    });
  }
}

/** What Step Functions does for every workflow that logs and traces. */
const WORKFLOW_STATEMENTS: readonly Statement[] = [
  {
    sid: 'DeliverLogs',
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    resources: ['*'],
    why: 'Log deliveries and resource policies of CloudWatch Logs belong to the account: these actions know no resource.',
  },
  {
    sid: 'Trace',
    actions: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ],
    resources: ['*'],
    why: 'X-Ray has no resources: these actions can only be allowed as a whole.',
  },
];

/** `recon` → `ReconFunctionArn` */
export const placeholderOf = (name: FunctionName): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}FunctionArn`;

/** @throws {Error} the file names a function that does not exist */
function functionsCalledBy(file: string): readonly FunctionName[] {
  const placeholders = new Set(
    [...readFileSync(file, 'utf8').matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name),
  );
  return [...placeholders].map((placeholder) => {
    const name = FUNCTION_NAMES.find((candidate) => placeholderOf(candidate) === placeholder);
    if (name) return name;
    throw new Error(`${file}: no function is called \${${placeholder}}`);
  });
}

function agentOf({ agents }: WorkflowProps, name: FunctionName): Agent {
  const agent = agents.get(name);
  if (agent) return agent;
  throw new Error(`the function "${name}" has to be made before the workflow that calls it`);
}
