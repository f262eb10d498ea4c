import { type AgentName, STAGES, type StageName } from '../stage.ts';
import { PHASES, type Phase } from './signature.ts';

const PHASE_OF_AGENT: Readonly<Record<AgentName, Phase | undefined>> = {
  recon: 'recon',
  compiler: 'compile',
  provisioner: 'provision',
  deployer: 'deploy',
  sheriff: 'secure',
  qa: 'verify',
  ops: 'monitor',
  medic: undefined,
  janitor: 'cleanup',
};

export const isPhase = (name: string): name is Phase => PHASES.some((phase) => phase === name);

/** The phase that a stage of a workflow belongs to. */
export const phaseOfStage = (stage: StageName): Phase | undefined => PHASE_OF_AGENT[STAGES[stage].agent];

/** What only the tools of one phase write, the surest first. */
const TRACES: readonly (readonly [Phase, RegExp])[] = [
  ['cleanup', /DELETE_FAILED/],
  ['secure', /\bACME\b|certbot|acme-challenge/i],
  ['verify', /TargetHealth|ELB-HealthChecker|Health checks failed/],
  [
    'provision',
    /CREATE_FAILED|UPDATE_FAILED|ROLLBACK_|calling the (?:Create|Update|Run)\w{1,40} operation|HandlerErrorCode/,
  ],
  [
    'compile',
    /npm (?:ERR!|error)|^#\d{1,3} |\bRUN (?:npm|yarn|pnpm|pip)|Phase complete: BUILD|> \S{1,80} build$|webpack|BUILD FAILED/m,
  ],
  ['recon', /^Cloning into /m],
  ['deploy', /systemd\[\d|\bnode:internal|Traceback \(most recent|\[PM2\]|gunicorn|uvicorn/],
];

/** Where a log seems to be from when nobody says. */
export const phaseFrom = (text: string): Phase | undefined =>
  TRACES.find(([, trace]) => trace.test(text))?.[0];
