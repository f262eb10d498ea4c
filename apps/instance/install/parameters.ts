import * as z from 'zod';
import { processShape } from '../../../src/contracts/plan.ts';
import { RUNTIMES } from '../../../src/domain/plan.ts';
import { InstanceFailure } from '../program-failure.ts';

/** An instance runs each process once: their count is that of the instances. The name is part of a path and of a unit's name. */
const process = processShape
  .extend({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/), count: z.number().optional() })
  .transform(({ count: _, ...rest }) => rest);
/** `.` or a path that stays in the folder it begins in. */
const folderInside = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'leaves the artifact');
function parsed(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('is not JSON');
    return z.NEVER;
  }
}
const variablesIn = (text: string, context: z.RefinementCtx): unknown =>
  text === '' ? {} : parsed(text, context);
const secretReference = z.string().transform((reference) => reference || null);

/** What the compute stack says to its instances; the names are those of lib/deployment/boot/script.ts. */
const parametersShape = z.object({
  STACK: z.string().min(1),
  DEPLOYMENT: z.string().min(1),
  COLOR: z.string().min(1),
  RELEASE: z.string().min(1),
  COMMIT: z.string().min(1),
  ARTIFACT: z.string().min(1),
  ROOT: folderInside,
  RUNTIME: z.enum(RUNTIMES),
  PROCESSES: z.string().transform(parsed).pipe(z.array(process).min(1)),
  ENVIRONMENT_SECRET: secretReference,
  DATABASE_SECRET: secretReference,
  VARIABLES: z.string().default('').transform(variablesIn).pipe(z.record(z.string(), z.string())),
  START_ON_BOOT: z.enum(['true', 'false']).transform((text) => text === 'true'),
  XRAY: z.enum(['true', 'false']).transform((text) => text === 'true'),
  LOG_GROUP: z.string().min(1),
  PORT: z.coerce.number().int().min(1).max(65_535),
});
export type Parameters = z.output<typeof parametersShape>;

/** What the boot script has found out. */
const machineShape = z.object({
  HIVEMIND_INSTANCE_ID: z.string().min(1),
  HIVEMIND_REGION: z.string().min(1),
  HIVEMIND_ADDRESS: z.string().min(1),
});

export interface BootFacts extends Parameters {
  readonly instanceId: string;
  readonly region: string;
  /** Where the load balancer will reach this instance. */
  readonly address: string;
}

const PREFIX = 'BOOT_';

/** The parameters come in base64, so that nothing in them ever means something to a shell. */
export function readBootFacts(environment: NodeJS.ProcessEnv): BootFacts {
  const encoded = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX));
  const decoded = Object.fromEntries(
    encoded.map(([name, text = '']) => [name.slice(PREFIX.length), Buffer.from(text, 'base64').toString()]),
  );
  const parameters = parametersShape.safeParse(decoded);
  if (!parameters.success) throw new InstanceFailure(`wrong parameters: ${issuesOf(parameters.error)}`);
  const machine = machineShape.parse(environment);
  return {
    ...parameters.data,
    instanceId: machine.HIVEMIND_INSTANCE_ID,
    region: machine.HIVEMIND_REGION,
    address: machine.HIVEMIND_ADDRESS,
  };
}

const issuesOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
