import { readFileSync } from 'node:fs';
import { CfnOutput, PermissionsBoundary, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Agent } from './agent.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { Artifacts } from './artifacts.ts';
import { Boundary } from './boundary.ts';
import { Builds } from './builds.ts';
import type { Bundles } from './bundles.ts';
import { ControlPlaneDashboard } from './dashboard.ts';
import { DeploymentLogs } from './deployment-logs.ts';
import { Encryption } from './encryption.ts';
import { DeadLetters, Events } from './events.ts';
import { FACTS, type Facts, outputName } from './facts.ts';
import { FUNCTION_NAMES, type FunctionName } from './functions.ts';
import { instanceBoundaryStatements } from './instance-boundary-statements.ts';
import { Instances } from './instances.ts';
import { modelArns, modelsFact, ownProfileArns } from './models.ts';
import {
  arnOf,
  BUILD_LOG_GROUP,
  BUILD_PROJECT,
  type Ground,
  type Places,
  STATE_MACHINE_PREFIX,
  stateMachineArn,
  WORKFLOW_NAMES,
  type WorkflowName,
} from './places.ts';
import { type Settings, settingsOf } from './settings.ts';
import { StackRole } from './stack-role.ts';
import { State } from './state.ts';
import { Workflow } from './workflows.ts';

/** What everything else is made of: storage, logs, roles, the topic. */
interface Foundation {
  readonly encryption: Encryption;
  readonly state: State;
  readonly artifacts: Artifacts;
  readonly logs: DeploymentLogs;
  readonly deadLetters: DeadLetters;
  readonly alarmTopic: AlarmTopic;
  readonly instances: Instances;
  readonly builds: Builds;
}

export interface ControlPlaneProps extends StackProps {
  /** The code of the functions. */
  readonly bundles: Pick<Bundles, 'folderOf'>;
}

/** Everything that HiveMind has in one region of an account, apart from the deployments themselves. */
export class ControlPlaneStack extends Stack {
  readonly settings: Settings;

  constructor(scope: Construct, id: string, { bundles, ...props }: ControlPlaneProps) {
    const settings = settingsOf(scope.node);
    super(scope, id, {
      ...props,
      ...(settings.permissionsBoundary && {
        permissionsBoundary: PermissionsBoundary.fromName(settings.permissionsBoundary),
      }),
    });
    this.settings = settings;
    const foundation = this.foundation();
    const ground = this.ground(foundation);
    const places = this.places(ground);
    const facts = this.facts(foundation, places);
    const agents = this.agents(foundation, bundles, { facts, places });
    const workflows = this.workflows(foundation, agents);
    const conductor = agents.get('conductor')?.function;
    if (conductor) new Events(this, 'Events', { conductor, deadLetters: foundation.deadLetters.queue });
    this.watch(foundation, agents, workflows);
    for (const fact of FACTS) new CfnOutput(this, outputName(fact), { value: facts[fact] });
    this.tag('hivemind:control-plane', 'true');
    if (settings.owner) this.tag('hivemind:owner', settings.owner);
  }

  /** A dashboard takes no tags in every region yet. */
  private tag(key: string, value: string): void {
    Tags.of(this).add(key, value, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
  }

  private foundation(): Foundation {
    const { settings } = this;
    const encryption = new Encryption(this, 'Encryption', settings);
    const { key } = encryption;
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    return {
      encryption,
      state: new State(this, 'State', settings),
      artifacts: new Artifacts(this, 'Artifacts', { key, settings }),
      logs: new DeploymentLogs(this, 'DeploymentLogs', { key, settings }),
      deadLetters,
      alarmTopic: new AlarmTopic(this, 'AlarmTopic', { key, deadLetters: deadLetters.queue, settings }),
      instances: new Instances(this, 'Instances'),
      builds: new Builds(this, 'Builds', { key, settings }),
    };
  }

  private ground({ encryption, state, artifacts, logs, instances, alarmTopic }: Foundation): Ground {
    const { partition, region, account } = this;
    return {
      partition,
      region,
      account,
      table: state.table.tableArn,
      artifactBucket: artifacts.bucket.bucketArn,
      key: encryption.key.keyArn,
      logGroup: logs.logGroupArn,
      buildLogGroup: arnOf(this, 'logs', `log-group:${BUILD_LOG_GROUP}`),
      buildProject: arnOf(this, 'codebuild', `project/${BUILD_PROJECT}`),
      instanceDocument: instances.documentArn,
      alarmTopic: alarmTopic.topic.topicArn,
      stateMachines: WORKFLOW_NAMES.map((workflow) => stateMachineArn(this, workflow)),
      models: modelArns(this.settings, { partition, region, account }),
      ownModelProfiles: ownProfileArns(this.settings),
    };
  }

  /** With the boundaries and the role of stacks, which are made of what is there before them. */
  private places(ground: Ground): Places {
    const boundary = new Boundary(this, 'InstanceBoundary', {
      description: 'HiveMind: the most that a role of a deployment can do',
      statements: instanceBoundaryStatements(ground),
    });
    const bounded = { ...ground, instanceBoundary: boundary.policy.managedPolicyArn };
    const isBoundedAlready = this.settings.permissionsBoundary !== undefined;
    const { role } = new StackRole(this, 'StackRole', { places: bounded, isBoundedAlready });
    return { ...bounded, stackRole: role.roleArn };
  }

  private facts(
    { state, artifacts, logs, builds, instances, alarmTopic }: Foundation,
    places: Places,
  ): Facts {
    return {
      table: state.table.tableName,
      artifactBucket: artifacts.bucket.bucketName,
      accessLogBucket: artifacts.accessLogs.bucketName,
      logGroup: logs.logGroup.logGroupName,
      buildProject: builds.projectName,
      stackRoleArn: places.stackRole,
      permissionsBoundaryArn: places.instanceBoundary,
      instanceDocument: instances.document,
      alarmTopicArn: alarmTopic.topic.topicArn,
      stateMachineArnPrefix: arnOf(this, 'states', `stateMachine:${STATE_MACHINE_PREFIX}`),
      models: modelsFact(this.settings),
      version: VERSION,
    };
  }

  private agents(
    { encryption, deadLetters }: Foundation,
    bundles: Pick<Bundles, 'folderOf'>,
    known: { readonly facts: Facts; readonly places: Places },
  ): ReadonlyMap<FunctionName, Agent> {
    const { settings } = this;
    const { key } = encryption;
    const agents = FUNCTION_NAMES.map((name) => {
      const asynchronous = name === 'conductor' && {
        deadLetters: deadLetters.queue,
        environment: { HIVEMIND_NETWORK: settings.network },
      };
      const bundle = bundles.folderOf(name);
      const agent = new Agent(this, titled(name), { name, bundle, ...known, key, settings, ...asynchronous });
      return [name, agent] as const;
    });
    return new Map(agents);
  }

  private workflows(
    { encryption }: Foundation,
    agents: ReadonlyMap<FunctionName, Agent>,
  ): ReadonlyMap<WorkflowName, Workflow> {
    const { settings } = this;
    const make = (workflow: WorkflowName) =>
      new Workflow(this, titled(workflow), { workflow, agents, key: encryption.key, settings });
    return new Map(WORKFLOW_NAMES.map((workflow) => [workflow, make(workflow)]));
  }

  private watch(
    { alarmTopic, deadLetters, state }: Foundation,
    agents: ReadonlyMap<FunctionName, Agent>,
    workflows: ReadonlyMap<WorkflowName, Workflow>,
  ): void {
    const queue = deadLetters.queue;
    const alarms = new Alarms(this, 'Alarms', {
      topic: alarmTopic.topic,
      agents,
      workflows,
      deadLetters: queue,
      settings: this.settings,
    }).all;
    new ControlPlaneDashboard(this, 'Dashboard', {
      agents,
      workflows,
      table: state.table as ITable,
      deadLetters: queue,
      alarms,
    });
  }
}

const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const { version: VERSION } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };
