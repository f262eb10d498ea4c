import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { blueprintTemplate } from '../../src/adapters/aws/blueprints.ts';
import { awsStackEngine } from '../../src/adapters/aws/stack-engine.ts';
import type { BlueprintName, Stack } from '../../src/domain/stack.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import { type Account, REGION } from './account.ts';
import { CONTROL_PLANE, engineFacts } from './stack-engine.ts';

/** A deployment with a network of its own, made of the real blueprints. */
export class BlueprintDeployment {
  readonly engine: StackEngine;
  readonly deploymentId: string;

  private constructor(engine: StackEngine, deploymentId: string) {
    this.engine = engine;
    this.deploymentId = deploymentId;
  }

  static async open(account: Account, deploymentId = 'shop-abc234'): Promise<BlueprintDeployment> {
    const Bucket = `${CONTROL_PLANE.accessLogBucket}-${account.accountId}`;
    const s3 = new S3Client(account.settings);
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    const engine = awsStackEngine(
      engineFacts(account, {
        cloudFormation: new CloudFormationClient(account.settings),
        templateOf: blueprintTemplate,
        controlPlane: { ...CONTROL_PLANE, accessLogBucket: Bucket },
      }),
    );
    return new BlueprintDeployment(engine, deploymentId);
  }

  nameOf(blueprint: BlueprintName): string {
    return `${this.deploymentId}-${blueprint}`;
  }

  /** @throws when the stack does not become ready */
  async deploy(
    blueprint: BlueprintName,
    parameters: Readonly<Record<string, string>>,
    token = 'one',
  ): Promise<Stack> {
    const { deploymentId } = this;
    const name = this.nameOf(blueprint);
    const request = { name, blueprint, deploymentId, parameters, tags: { stage: 'stage-1' }, token };
    const stack = await this.engine.deploy(request, { patienceSeconds: 30 });
    if (!stack.status.endsWith('_COMPLETE')) throw new Error(`${name}: ${JSON.stringify(stack)}`);
    return stack;
  }

  network(): Promise<Stack> {
    return this.deploy('network', { variant: 'stage-1' });
  }

  loadBalancer(chosen: Readonly<Record<string, string>> = {}): Promise<Stack> {
    return this.deploy('load-balancer', {
      variant: 'http',
      networkStack: this.nameOf('network'),
      listenerPort: '80',
      blueHealthCheckPath: '/',
      greenHealthCheckPath: '/',
      deregistrationDelaySeconds: '5',
      activeColor: 'blue',
      deletionProtection: 'false',
      ...chosen,
    });
  }

  database(variant = 'postgres-stage-1'): Promise<Stack> {
    const parameters = { variant, networkStack: this.nameOf('network'), databaseName: 'shop' };
    return this.deploy('database', parameters);
  }
}
