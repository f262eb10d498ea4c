import { Duration, Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** Percent of the monthly budget at which somebody is told. */
const BUDGET_STEPS = [80, 100, 120] as const;

export interface AlarmTopicProps {
  readonly key: IKey;
  readonly deadLetters: IQueue;
  readonly settings: Settings;
}

/** Where alarms of the control plane and of every deployment are told. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { key, deadLetters, settings }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      topicName: 'hivemind-alarms',
      displayName: 'HiveMind',
      masterKey: key,
      enforceSSL: true,
    });
    this.allow('Alarms', 'cloudwatch.amazonaws.com');
    if (settings.notificationEmail) {
      this.topic.addSubscription(
        new EmailSubscription(settings.notificationEmail, { deadLetterQueue: deadLetters }),
      );
    }
    if (settings.monthlyBudgetUsd) this.budget(settings.monthlyBudgetUsd);
  }

  private allow(sid: string, service: string): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  /** Of the whole account: a budget by tag would count nothing before the tag is activated in Cost Explorer. */
  private budget(amount: number): void {
    this.allow('Budget', 'budgets.amazonaws.com');
    const budget = new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: 'hivemind',
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount, unit: 'USD' },
      },
      notificationsWithSubscribers: BUDGET_STEPS.map((threshold) => ({
        notification: {
          notificationType: 'ACTUAL',
          comparisonOperator: 'GREATER_THAN',
          threshold,
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'SNS', address: this.topic.topicArn }],
      })),
    });
    budget.node.addDependency(this.topic);
  }
}

/** The granularity of everything on the dashboard and in the alarms. */
export const PERIOD = Duration.minutes(5);
