import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import * as z from 'zod';

const PREFIX = 'hivemind:';

/** An empty text stands for "not given", so that cdk.json can show every setting. */
const optional = <T extends z.ZodType>(shape: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), shape.optional());

const positive = optional(z.coerce.number().int().positive());

/** An id of a model of Bedrock, of one of its inference profiles, or the ARN of such a profile. */
const bedrockModel = optional(
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,2047}$/, 'it is not the id of a model')
    .transform((id) => id.replace(/^bedrock:/, ''))
    .refine((id) => id.startsWith('arn:') || !/^[\w-]*:/.test(id), 'the functions carry Bedrock alone'),
);

/** US dollars, or no limit. */
const budgetUsd = optional(
  z.union([
    z.literal('none'),
    z.coerce
      .number()
      .min(0)
      .max(1_000_000)
      .refine((usd) => Number(usd.toFixed(6)) === usd, 'it has more than six decimals'),
  ]),
);

/** The days that CloudWatch Logs accepts. */
const RETENTION_DAYS = [30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

/** What the operator chooses in cdk.json or with `-c hivemind:<name>=<value>`: documented in docs/aws-permissions.md. */
const settingsShape = z
  .strictObject({
    /**
     * Region of the control plane; that of the credentials when it is not given. The workflows name the callback of Step Functions as the
     * partition `aws` has it, so the partitions of China and of governments are not among them.
     */
    region: optional(z.string().regex(/^(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-\d$/)),
    /** Whether deployments started without saying so share a network. */
    network: z.enum(['shared', 'dedicated']),
    /** Gets the alarms, and what a workflow asks its operator, after confirming once. */
    notificationEmail: optional(z.email()),
    /** Monthly cost of the whole account from which on the alarm topic is told: at 80, 100 and 120 %. */
    monthlyBudgetUsd: positive,
    /** Name of a managed policy that the account demands on every role. */
    permissionsBoundary: optional(z.string().regex(/^[\w+=,.@/-]+$/)),
    /** What becomes of the table, the buckets, the key and the logs when the control plane is removed. */
    removalPolicy: z.enum(['retain', 'destroy']),
    logRetentionDays: z.coerce
      .number()
      .refine(
        (days) => RETENTION_DAYS.some((known) => known === days),
        `one of ${RETENTION_DAYS.join(', ')}`,
      ),
    /** Builds at once; without it, as many as the account allows. More than the account allows is refused by CodeBuild. */
    concurrentBuilds: positive,
    /** The language models that agents ask, in docs/models.md; none is asked without the first. */
    model: bedrockModel,
    modelSecond: bedrockModel,
    modelCheap: bedrockModel,
    modelEmbedding: bedrockModel,
    /** Region of Bedrock; that of the control plane when it is not given. */
    modelRegion: optional(z.string().regex(/^[a-z]{2,3}(-[a-z]+)+-\d$/)),
    modelBudgetDayUsd: budgetUsd,
    modelBudgetDeploymentUsd: budgetUsd,
    /** Value of the tag `hivemind:owner` of the control plane. */
    owner: optional(z.string().regex(/^[\w .:/=+@-]{1,256}$/)),
  })
  .refine(
    ({ model, modelSecond, modelCheap, modelEmbedding }) =>
      model !== undefined || (modelSecond ?? modelCheap ?? modelEmbedding) === undefined,
    { path: ['model'], message: 'other models are named, and the first one is not: name it, or none' },
  );
export type Settings = z.output<typeof settingsShape>;

const DEFAULTS = { network: 'shared', removalPolicy: 'retain', logRetentionDays: 90 };

/** @throws {Error} naming the setting that is not valid */
export function settingsOf(node: Node): Settings {
  const given = Object.keys(settingsShape.shape)
    .map((name) => [name, node.tryGetContext(`${PREFIX}${name}`)] as const)
    .filter(([, value]) => value !== undefined);
  const parsed = settingsShape.safeParse({ ...DEFAULTS, ...Object.fromEntries(given) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `cdk.json: the setting "${PREFIX}${issue?.path.join('.')}" is not valid: ${issue?.message}`,
  );
}

export const removalPolicyOf = ({ removalPolicy }: Settings): RemovalPolicy =>
  removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
