import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { environmentName, type Fact, type Facts } from './facts.ts';
import { FUNCTIONS, type FunctionName, type FunctionSize, functionName } from './functions.ts';
import { permissionsOf } from './permissions.ts';
import type { Places } from './places.ts';
import { withoutRedundantDependencies } from './redundant-dependencies.ts';
import { ServiceRole } from './service-role.ts';
import type { Settings } from './settings.ts';

export interface AgentProps {
  readonly name: FunctionName;
  /** Folder with its code, `index.mjs`. */
  readonly bundle: string;
  readonly facts: Facts;
  readonly places: Places;
  readonly key: IKey;
  readonly settings: Settings;
  /** More environment than facts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where events go that an asynchronous call could not handle. */
  readonly deadLetters?: IQueue;
}

/** One agent, or the conductor, as a function with a role of its own. */
export class Agent extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: AgentProps) {
    super(scope, id);
    const { name } = props;
    const size: FunctionSize = FUNCTIONS[name];
    const logGroup = this.logGroup(props);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: functionName(name),
      description: size.description,
      code: Code.fromAsset(props.bundle),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: size.memoryMegabytes,
      timeout: Duration.seconds(size.timeoutSeconds),
      ...(size.storageGibibytes && { ephemeralStorageSize: Size.gibibytes(size.storageGibibytes) }),
      role: this.role(props).withoutPolicyUpdates(),
      logGroup,
      tracing: Tracing.ACTIVE,
      environment: { ...environmentOf(props, size), ...props.environment },
      ...(props.deadLetters && { deadLetterQueue: props.deadLetters }),
    });
    withoutRedundantDependencies(this.function);
    this.answerFindings(props);
  }

  private role({ name, places }: AgentProps): Role {
    return new ServiceRole(this, 'Role', {
      description: `HiveMind: the ${name} function`,
      principal: new ServicePrincipal('lambda.amazonaws.com'),
      policies: { Policy: permissionsOf(name, places) },
    }).role;
  }

  /** Gone with the function: what matters for longer is an event in the table. */
  private logGroup({ name, key, settings }: AgentProps): LogGroup {
    return new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName(name)}`,
      retention: settings.logRetentionDays as RetentionDays,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private answerFindings({ deadLetters }: AgentProps): void {
    accept(this.function, {
      'NIST.800.53.R5-LambdaInsideVPC':
        'It calls public endpoints only, of AWS and of code hosts; a VPC would add a NAT gateway and protect nothing.',
      'NIST.800.53.R5-LambdaConcurrency':
        'New accounts have ten concurrent executions, of which none can be reserved; the workflows bound how many run.',
      ...(!deadLetters && {
        'NIST.800.53.R5-LambdaDLQ': SYNCHRONOUS,
        'Serverless-LambdaDLQ': SYNCHRONOUS,
      }),
    });
  }
}

const SYNCHRONOUS =
  'Step Functions calls it and waits: a failed call is retried, caught and recorded by the workflow. Nothing calls it asynchronously.';

function environmentOf({ name, facts }: AgentProps, size: FunctionSize): Record<string, string> {
  const entry = (fact: Fact) => [environmentName(fact), facts[fact]];
  return {
    ...Object.fromEntries(size.facts.map(entry)),
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}
