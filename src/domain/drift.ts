import type { Color, Target } from './deployment.ts';
import type { FailureDetail } from './failure.ts';
import type { BlueprintName, StackStatus } from './stack.ts';
import type { Weights } from './swap.ts';

/** What the records say of a deployment that is live. */
export interface RecordedState {
  readonly target: Target;
  readonly liveColor: Color;
  readonly liveRelease: number;
  /** Whether it has a port and therefore a load balancer. */
  readonly exposed: boolean;
  readonly stacks: readonly {
    readonly name: string;
    readonly blueprint: BlueprintName;
    /** What the live release asks of it; whatever is not named is not compared. */
    readonly parameters: Readonly<Record<string, string>>;
  }[];
  /** How many instances of the live release were started. */
  readonly instances: number;
}

/** What is there. */
export interface SeenState {
  readonly stacks: readonly {
    readonly name: string;
    readonly blueprint: BlueprintName;
    readonly status: StackStatus;
    readonly failure: FailureDetail | null;
    readonly parameters: Readonly<Record<string, string>>;
  }[];
  /** Null when the load balancer does not listen. */
  readonly weights: Weights | null;
  /** Of the live colour. */
  readonly instances: readonly {
    readonly id: string;
    readonly exposed: boolean;
    readonly state: 'stopped' | 'running' | 'backing-off' | 'failed';
  }[];
  /** Of the live colour's target group. */
  readonly targets: readonly {
    readonly id: string;
    readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining';
    readonly reason: string | null;
  }[];
}

export const DRIFT_KINDS = [
  'stack-missing',
  'stack-failed',
  'stack-changed',
  'listener-gone',
  'weights-changed',
  'instances-missing',
  'instance-down',
  'target-missing',
  'target-unhealthy',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/**
 * How it is mended. `shift`, `start` and `register` change nothing but that one thing; `restore` runs the live release once more
 * from what is kept of it; `rebuild` removes the stack first; `by-hand` is for the operator.
 */
export const MENDINGS = ['start', 'register', 'shift', 'rebuild', 'restore', 'by-hand'] as const;
export type Mending = (typeof MENDINGS)[number];

/** One thing that is not as the records say. */
export interface Drift {
  readonly kind: DriftKind;
  readonly resource: string;
  readonly recorded: string;
  readonly seen: string;
  readonly mending: Mending;
  /** What is done about it, or what to do. */
  readonly advice: string;
}

/** What is not as recorded, causes before consequences: of a stack that is missing nothing else is said. */
export function driftBetween(recorded: RecordedState, seen: SeenState): readonly Drift[] {
  const stacks = stackDrift(recorded, seen);
  const isWithout = (blueprint: BlueprintName): boolean =>
    !seen.stacks.some((stack) => stack.blueprint === blueprint && isRecorded(recorded, stack.name));
  const instances = isWithout('compute') ? [] : instanceDrift(recorded, seen);
  if (!recorded.exposed || isWithout('load-balancer')) return [...stacks, ...instances];
  const balancer = recorded.stacks.find(({ blueprint }) => blueprint === 'load-balancer')?.name ?? '';
  if (seen.weights === null) return [...stacks, ...instances, listenerGone(recorded, balancer)];
  const targets = isWithout('compute') ? [] : targetDrift(seen);
  return [...stacks, ...instances, ...targets, ...weightDrift(recorded, balancer, seen.weights)];
}

const isRecorded = ({ stacks }: RecordedState, name: string): boolean =>
  stacks.some((stack) => stack.name === name);

function stackDrift({ stacks }: RecordedState, seen: SeenState): readonly Drift[] {
  return stacks.flatMap(({ name, blueprint, parameters }): readonly Drift[] => {
    const found = seen.stacks.find((stack) => stack.name === name);
    if (!found) return [stackMissing(name, blueprint)];
    if (!found.status.endsWith('_FAILED')) return parameterDrift(name, parameters, found.parameters);
    const { status, failure } = found;
    const why = failure === null ? status : `${status}: ${failure.message}`;
    return [
      {
        kind: 'stack-failed',
        resource: name,
        recorded: 'it stands',
        seen: why,
        mending: 'by-hand',
        advice:
          failure?.hint ?? 'bring the stack to a state in which it can be changed, then reconcile again',
      },
    ];
  });
}

/** A change that failed, or a hand, may have left a stack that stands and is not what the live release asks for. */
function parameterDrift(
  name: string,
  recorded: Readonly<Record<string, string>>,
  seen: Readonly<Record<string, string>>,
): readonly Drift[] {
  const changed = Object.keys(recorded).filter((key) => recorded[key] !== seen[key]);
  if (changed.length === 0) return [];
  const told = (parameters: Readonly<Record<string, string>>) =>
    changed.map((key) => `${key} ${parameters[key] || '(none)'}`).join(', ');
  return [
    {
      kind: 'stack-changed',
      resource: name,
      recorded: told(recorded),
      seen: told(seen),
      mending: 'restore',
      advice: 'it is brought back to what the live release asks for',
    },
  ];
}

function stackMissing(name: string, blueprint: BlueprintName): Drift {
  const drift = {
    kind: 'stack-missing',
    resource: name,
    recorded: 'it stands',
    seen: 'there is none',
  } as const;
  if (blueprint !== 'database') {
    return {
      ...drift,
      mending: 'restore',
      advice: 'the live release is set up again from what is kept of it',
    };
  }
  return {
    ...drift,
    mending: 'by-hand',
    advice:
      'an empty database would look like a mended one: bring the data back from a snapshot, or update the deployment to begin with an empty one',
  };
}

function instanceDrift(recorded: RecordedState, { instances }: SeenState): readonly Drift[] {
  const missing = recorded.instances - instances.length;
  const down = instances
    .filter(({ state }) => state === 'stopped' || state === 'failed')
    .map(
      ({ id, state }): Drift => ({
        kind: 'instance-down',
        resource: id,
        recorded: 'running',
        seen: state,
        mending: 'start',
        advice: 'it is started',
      }),
    );
  if (missing <= 0) return down;
  const gone: Drift = {
    kind: 'instances-missing',
    resource: `release ${recorded.liveRelease}`,
    recorded: `${recorded.instances} instances`,
    seen: String(instances.length),
    mending: 'restore',
    advice: 'the live release is set up again from what is kept of it',
  };
  return [gone, ...down];
}

function targetDrift({ instances, targets }: SeenState): readonly Drift[] {
  return instances
    .filter(({ exposed }) => exposed)
    .flatMap(({ id, state }): readonly Drift[] => {
      const target = targets.find((candidate) => candidate.id === id);
      if (!target || target.state === 'draining') return [targetMissing(id, target !== undefined)];
      if (target.state !== 'unhealthy' || state !== 'running') return [];
      return [
        {
          kind: 'target-unhealthy',
          resource: id,
          recorded: 'healthy',
          seen: target.reason ?? 'unhealthy',
          mending: 'by-hand',
          advice: 'the application itself answers like this: read its logs',
        },
      ];
    });
}

const targetMissing = (id: string, isDraining: boolean): Drift => ({
  kind: 'target-missing',
  resource: id,
  recorded: 'registered',
  seen: isDraining ? 'it is being drained' : 'it gets no requests',
  mending: 'register',
  advice: 'it is registered with the load balancer',
});

function listenerGone({ target }: RecordedState, balancer: string): Drift {
  const drift = {
    kind: 'listener-gone',
    resource: balancer,
    recorded: 'it listens',
    seen: 'nothing listens',
  } as const;
  return target === 'local'
    ? { ...drift, mending: 'rebuild', advice: 'the load balancer is made anew; its address may change' }
    : {
        ...drift,
        mending: 'by-hand',
        advice: `CloudFormation does not see what was deleted by hand: delete the stack ${balancer} too, then reconcile again; its address changes`,
      };
}

function weightDrift({ liveColor }: RecordedState, balancer: string, weights: Weights): readonly Drift[] {
  if (weights[liveColor] === 100) return [];
  return [
    {
      kind: 'weights-changed',
      resource: balancer,
      recorded: `${liveColor} 100`,
      seen: `blue ${weights.blue}, green ${weights.green}`,
      mending: 'shift',
      advice: `all traffic goes to ${liveColor}`,
    },
  ];
}
