import type { Topic } from './signature.ts';
import { ACCOUNTS } from './signatures/accounts.ts';
import { AWS_SERVICES } from './signatures/aws-services.ts';
import { BACKING_SERVICES } from './signatures/backing-services.ts';
import { BUILD_TOOLS } from './signatures/build-tools.ts';
import { CLOUDFORMATION_REMOVAL } from './signatures/cloudformation-removal.ts';
import { CLOUDFORMATION_STACKS } from './signatures/cloudformation-stacks.ts';
import { CLOUDFORMATION_TEMPLATES } from './signatures/cloudformation-templates.ts';
import { DATABASE_ACCESS } from './signatures/database-access.ts';
import { DATABASE_CONNECTIONS } from './signatures/database-connections.ts';
import { DATABASE_SCHEMA } from './signatures/database-schema.ts';
import { DEPLOYMENTS } from './signatures/deployments.ts';
import { DOCKER } from './signatures/docker.ts';
import { EC2 } from './signatures/ec2.ts';
import { ECOSYSTEMS } from './signatures/ecosystems.ts';
import { ENVIRONMENT } from './signatures/environment.ts';
import { FILES } from './signatures/files.ts';
import { GIT } from './signatures/git.ts';
import { HEALTH } from './signatures/health.ts';
import { HIVEMIND } from './signatures/hivemind.ts';
import { IAM } from './signatures/iam.ts';
import { LANGUAGE_PACKAGES } from './signatures/language-packages.ts';
import { LLM } from './signatures/llm.ts';
import { LOCAL_DATABASE } from './signatures/local-database.ts';
import { MEMORY } from './signatures/memory.ts';
import { MIGRATIONS } from './signatures/migrations.ts';
import { NETWORK } from './signatures/network.ts';
import { NODE_RUNTIME } from './signatures/node-runtime.ts';
import { NPM } from './signatures/npm.ts';
import { OUTSIDE } from './signatures/outside.ts';
import { PORTS } from './signatures/ports.ts';
import { PYTHON_PACKAGES } from './signatures/python-packages.ts';
import { PYTHON_RUNTIME } from './signatures/python-runtime.ts';
import { RDS } from './signatures/rds.ts';
import { SHELL } from './signatures/shell.ts';
import { SYSTEM_PACKAGES } from './signatures/system-packages.ts';
import { SYSTEMD } from './signatures/systemd.ts';
import { TESTS } from './signatures/tests.ts';
import { TOOLCHAINS } from './signatures/toolchains.ts';
import { YARN_PNPM_BUN } from './signatures/yarn-pnpm-bun.ts';

/** Everything the Medic knows, one topic a file. */
export const KNOWLEDGE: readonly Topic[] = [
  ACCOUNTS,
  AWS_SERVICES,
  BACKING_SERVICES,
  BUILD_TOOLS,
  CLOUDFORMATION_REMOVAL,
  CLOUDFORMATION_STACKS,
  CLOUDFORMATION_TEMPLATES,
  DATABASE_ACCESS,
  DATABASE_CONNECTIONS,
  DATABASE_SCHEMA,
  DEPLOYMENTS,
  DOCKER,
  EC2,
  ECOSYSTEMS,
  ENVIRONMENT,
  FILES,
  GIT,
  HEALTH,
  HIVEMIND,
  IAM,
  LANGUAGE_PACKAGES,
  LLM,
  LOCAL_DATABASE,
  MEMORY,
  MIGRATIONS,
  NETWORK,
  NODE_RUNTIME,
  NPM,
  OUTSIDE,
  PORTS,
  PYTHON_PACKAGES,
  PYTHON_RUNTIME,
  RDS,
  SHELL,
  SYSTEM_PACKAGES,
  SYSTEMD,
  TESTS,
  TOOLCHAINS,
  YARN_PNPM_BUN,
];
