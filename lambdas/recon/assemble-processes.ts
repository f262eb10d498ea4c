import type { Command, Fact, Plan, ProcessType } from '../../src/domain/plan.ts';
import { believe, distinct, rounded } from './belief.ts';
import { type Observation, observationsOf, observe, SURE } from './observation.ts';

/** The main process and those beside it. The plan is as sure of it as of the weakest of command, exposure and port. */
export function processesOf(observations: readonly Observation[]): Plan['processes'] {
  const named = observationsOf(observations, 'process');
  const main = believe(observationsOf(observations, 'main')) ?? firstNamed(named);
  const twin = named.find(({ value }) => sameCommand(value.command, main.value));
  const twinSays = twin ? [observe('exposed', false, SURE.stated, ...twin.evidence)] : [];
  const exposed = believe([...observationsOf(observations, 'exposed'), ...twinSays]) ?? undecided(main);
  const port = believe(observationsOf(observations, 'portFromEnvironment'));
  const beside = named.filter((observation) => observation !== twin).map(({ value }) => value);
  const doubts = [
    main,
    exposed,
    ...(exposed.value && port ? [port.value ? port : { ...port, confidence: 1 - port.confidence }] : []),
  ];
  const weakestFirst = [...doubts].sort((a, b) => a.confidence - b.confidence);
  return {
    value: [
      { name: mainName(exposed.value, twin?.value, beside), command: main.value, exposed: exposed.value },
      ...beside,
    ],
    confidence: rounded(Math.min(...doubts.map(({ confidence }) => confidence))),
    evidence: distinct([
      ...weakestFirst.flatMap(({ evidence }) => evidence),
      ...named.flatMap(({ evidence }) => evidence),
    ]),
  };
}

const sameCommand = (a: Command, b: Command): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A Procfile without `web`: its first process is the main one. */
function firstNamed(named: readonly Observation<'process'>[]): Fact<Command> {
  const [first] = named;
  if (!first) throw new TypeError('a plan needs a process');
  return { value: first.value.command, confidence: first.confidence, evidence: first.evidence };
}

const undecided = (main: Fact<Command>): Fact<boolean> => ({
  value: true,
  confidence: SURE.guess,
  evidence: main.evidence,
});

function mainName(exposed: boolean, twin: ProcessType | undefined, beside: readonly ProcessType[]): string {
  const name = twin?.name ?? (exposed ? 'web' : 'worker');
  return beside.some((process) => process.name === name) ? 'main' : name;
}
