import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  EventBus,
  type EventPattern,
  type IEventBus,
  Rule,
  RuleTargetInput,
  Schedule,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { stateMachineArn, WORKFLOW_NAMES } from './places.ts';

/** An event that is an hour old is no longer news: what it would start is started by the next push or by hand. */
const MAX_AGE = Duration.hours(1);

/** How often what everybody has forgotten is looked for. */
const TEND_EVERY = Duration.minutes(5);

/** Queue of the events that could not be handled. */
export const DEAD_LETTERS = 'hivemind-dead-letters';

/** Events that nobody could handle, for two weeks: the runbook says what to do with them. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: DEAD_LETTERS,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    accept(this.queue, {
      'Serverless-SQSRedrivePolicy':
        'It is itself the dead-letter queue; an alarm says when something is in it.',
    });
  }
}

export interface EventsProps {
  readonly conductor: IFunction;
  readonly deadLetters: Queue;
}

/** What wakes the conductor: pushes, executions that ended, and the time to look for what is forgotten. */
export class Events extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: EventsProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: 'hivemind',
      description: 'Pushes to repositories that deployments follow',
    });
    this.rule('Push', props, 'A push, told by whoever received it', this.bus as IEventBus, {
      source: ['hivemind.git'],
      detailType: ['push'],
    });
    this.rule('CodeCommitPush', props, 'A branch of a CodeCommit repository has moved', undefined, {
      source: ['aws.codecommit'],
      detailType: ['CodeCommit Repository State Change'],
      detail: { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'] },
    });
    this.rule('ExecutionEnded', props, 'An execution of a workflow has ended', undefined, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: WORKFLOW_NAMES.map((workflow) => stateMachineArn(Stack.of(this), workflow)),
      },
    });
    this.schedule(props);
  }

  /** One that fails is followed by the next. */
  private schedule({ conductor, deadLetters }: EventsProps): void {
    const event = RuleTargetInput.fromObject({ action: 'tend' });
    const target = { event, deadLetterQueue: deadLetters, maxEventAge: TEND_EVERY, retryAttempts: 0 };
    new Rule(this, 'Tend', {
      description: 'Forgotten things end by themselves',
      schedule: Schedule.rate(TEND_EVERY),
      targets: [new LambdaFunction(conductor, target)],
    });
  }

  private rule(
    id: string,
    { conductor, deadLetters }: EventsProps,
    description: string,
    eventBus: IEventBus | undefined,
    eventPattern: EventPattern,
  ): void {
    new Rule(this, id, {
      description,
      ...(eventBus && { eventBus }),
      eventPattern,
      targets: [
        new LambdaFunction(conductor, {
          deadLetterQueue: deadLetters,
          maxEventAge: MAX_AGE,
          retryAttempts: 8,
        }),
      ],
    });
  }
}
