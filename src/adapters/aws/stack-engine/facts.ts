import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RDSClient } from '@aws-sdk/client-rds';
import type { BlueprintName } from '../../../domain/stack.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { DescribedStack } from './described-stack.ts';
import type { Launch } from './launches.ts';

/** The template of a blueprint as text; `variant` is empty for a blueprint that has only one. */
export type TemplateOf = (blueprint: BlueprintName, variant: string) => string | Promise<string>;

/** What reading stacks takes. */
export interface ReadingFacts {
  readonly cloudFormation: CloudFormationClient;
  /** Where a start that failed says why; without it, the failure has no log lines. */
  readonly instanceLogs?: Pick<Telemetry, 'read'>;
  /** Which instances a group has tried to launch, newest first: why one is missing is said there only; without it, nobody knows. */
  readonly launchesOf?: (group: string) => Promise<readonly Launch[]>;
}

/** What making and changing stacks takes. */
export interface BuildingFacts extends ReadingFacts {
  readonly clock: Clock;
  readonly templateOf: TemplateOf;
  readonly controlPlane: Pick<
    ControlPlane,
    | 'stackRoleArn'
    | 'artifactBucket'
    | 'accessLogBucket'
    | 'logGroup'
    | 'permissionsBoundaryArn'
    | 'alarmTopicArn'
    | 'instanceDocument'
  >;
  /** Of a stack that is about to be deleted. @returns false when something in it is busy: try again */
  readonly liftProtection: (stack: DescribedStack) => Promise<boolean>;
}

/** What removing stacks takes; the last two to lift the deletion protection of what production stacks hold. */
export interface RemovalFacts extends ReadingFacts {
  readonly clock: Clock;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly rds: RDSClient;
}
