import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type DeployRequest, deployRequest } from '../../../src/contracts/api.ts';
import { parseDeploymentName, printable, type Target } from '../../../src/domain/deployment.ts';
import { type ErrorCode, HiveMindError, systemErrorCode } from '../../../src/domain/errors.ts';
import { namesFolder, parseSource } from '../../../src/domain/source.ts';
import type { CommandContext } from '../command-context.ts';
import type { DeployOptions } from '../definitions/deploying.ts';
import type { Session } from '../session.ts';
import { environmentFrom } from './environment-options.ts';
import { mendingRequest } from './mending-request.ts';
import { planSettingsFrom } from './plan-options.ts';

/**
 * What the operator asks for, checked as far as this side can, so that a typing mistake does not start a server.
 * @throws {HiveMindError} InvalidInput, InvalidName, InvalidEnvironmentFile, SourceNotFound, UnsafeSource
 */
export async function deployRequestFrom(
  { session, target }: CommandContext,
  source: string,
  description: string | undefined,
  options: DeployOptions,
): Promise<DeployRequest> {
  if (options.name !== undefined) parseDeploymentName(options.name);
  const workingTree = options.workingTree === true;
  const request: DeployRequest = {
    source: await sourceFrom(session, source, workingTree),
    stage: options.stage1 ? 'stage-1' : 'production',
    target,
    workingTree,
    environment: await environmentFrom(session, options),
    whatIf: options.whatIf === true,
    startTimeoutSeconds: options.startTimeout,
    ...(options.set.length > 0 && { plan: planSettingsFrom(options) }),
    ...mendingRequest(options),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(description === undefined ? {} : { description }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.autoCleanup && { autoCleanup: true }),
    ...awsOptions(target, options),
  };
  const checked = deployRequest.safeParse(request);
  if (checked.success) return request;
  const issue = checked.error.issues[0];
  throw new HiveMindError('InvalidInput', `${issue?.path.join(' ')}: ${issue?.message ?? 'invalid'}`, {
    hint: 'run "hivemind help deploy" for what is allowed',
  });
}

/** @throws {HiveMindError} InvalidInput: one of them is given for another target */
function awsOptions(target: Target, { dedicatedNetwork, certificate, xray }: DeployOptions) {
  const given = { '--dedicated-network': dedicatedNetwork, '--certificate': certificate, '--xray': xray };
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined && target !== 'aws') {
    throw new HiveMindError('InvalidInput', `${name} is for --target aws`, {
      hint: 'leave it out, or add --target aws',
    });
  }
  return {
    ...(dedicatedNetwork && { network: 'dedicated' as const }),
    ...(certificate !== undefined && { certificateArn: certificate }),
    ...(xray && { xray }),
  };
}

/** A folder as an absolute path, because the server has another current folder; an address as it is. */
async function sourceFrom(session: Session, source: string, workingTree: boolean): Promise<string> {
  if (source.startsWith('-') || !namesFolder(source)) {
    parseSource(source, { workingTree });
    return source;
  }
  const path = resolve(session.directory, source);
  const problem = await folderProblem(path);
  if (problem === undefined) return path;
  const { code, why } = problem;
  throw new HiveMindError(code, `"${printable(source)}" ${why}`, {
    hint: 'name an existing folder or a git address such as https://github.com/owner/repository; for a branch of a local repository write file:///path/to/it#branch',
  });
}

async function folderProblem(path: string): Promise<{ code: ErrorCode; why: string } | undefined> {
  try {
    if ((await stat(path)).isDirectory()) return undefined;
    return { code: 'NotARepository', why: 'is a file, not a folder' };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read (${code})`;
    return { code: 'SourceNotFound', why };
  }
}
