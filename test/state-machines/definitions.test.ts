import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import validator from 'asl-validator';
import * as z from 'zod';
import { CONDUCTOR_PLACEHOLDER, placeholderOf } from '../../src/adapters/local/workflow/state-machine.ts';
import { FAILURE_KINDS, isErrorCode } from '../../src/domain/errors.ts';
import { WORKFLOWS } from '../../src/domain/execution.ts';
import { AGENTS, STAGE_NAMES, STAGES } from '../../src/domain/stage.ts';

const FOLDER = new URL('../../state-machines/', import.meta.url);

interface State {
  readonly Type: string;
  readonly Next?: string | undefined;
  readonly Choices?: readonly object[] | undefined;
  readonly Default?: string | undefined;
  readonly Seconds?: number | undefined;
  readonly SecondsPath?: string | undefined;
  readonly TimeoutSecondsPath?: string | undefined;
  readonly Resource?: string | undefined;
  readonly Parameters?: unknown;
  readonly Comment?: string | undefined;
  readonly TimeoutSeconds?: number | undefined;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[] | undefined;
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[] }[] | undefined;
  readonly Branches?: readonly Machine[] | undefined;
}
interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** From a failure to what is done about it: in every workflow the same. */
const RECOVERY = ['Diagnose', 'What helps?', 'Ask operator', 'Agreed?', 'Apply fix', 'Pause', 'Give up'];

const read = async (workflow: string) => readFile(new URL(`${workflow}.asl.json`, FOLDER), 'utf8');

/** Every state with the Catch of the Parallel states around it. */
function statesOf(machine: Machine, caught = false): { name: string; state: State; caught: boolean }[] {
  return Object.entries(machine.States).flatMap(([name, state]) => {
    const isCaught =
      caught || (state.Catch ?? []).some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
    return [
      { name, state, caught: isCaught },
      ...(state.Branches ?? []).flatMap((branch) => statesOf(branch, isCaught)),
    ];
  });
}

const machineShape = z.custom<Machine>(
  (value) => typeof value === 'object' && value !== null && 'States' in value,
);

describe.each(WORKFLOWS.map((name) => [name]))('%s definition', (workflow) => {
  const states = async () => statesOf(machineShape.parse(JSON.parse(await read(workflow))));

  test('is valid Amazon States Language', async () => {
    const arn = (agent: string) => `arn:aws:lambda:us-east-1:123456789012:function:${agent}`;
    const text = AGENTS.reduce(
      (all, agent) => all.replaceAll(placeholderOf(agent), arn(agent)),
      (await read(workflow)).replaceAll(CONDUCTOR_PLACEHOLDER, arn('conductor')),
    );
    const { isValid, errorsText } = validator(JSON.parse(text));
    expect(errorsText()).toBe('');
    expect(isValid).toBe(true);
  });

  test('gives every task a timeout, a retry and a catch', async () => {
    const tasks = (await states()).filter(({ state }) => state.Type === 'Task');
    expect(tasks.length).toBeGreaterThan(1);
    for (const { name, state, caught } of tasks) {
      const isTimed = (state.TimeoutSeconds ?? 0) > 0 || state.TimeoutSecondsPath !== undefined;
      expect([name, isTimed]).toEqual([name, true]);
      expect([name, (state.Retry ?? []).length > 0]).toEqual([name, true]);
      expect([name, caught]).toEqual([name, true]);
      expect([name, state.Comment !== undefined]).toEqual([name, true]);
    }
  });

  test('retries every failure that can pass, by name', async () => {
    const transient = Object.entries(FAILURE_KINDS).flatMap(([name, kind]) =>
      'transient' in kind ? [name] : [],
    );
    for (const { name, state } of await states()) {
      const isRecovery = RECOVERY.includes(name) || ['Accept', 'Give back', 'Clean up'].includes(name);
      if (state.Type !== 'Task' || isRecovery) continue;
      const retried = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
      expect([name, transient.filter((code) => !retried.includes(code))]).toEqual([name, []]);
    }
  });

  test('retries a busy platform also in what comes after a failure', async () => {
    for (const { name, state } of await states()) {
      if (state.Type !== 'Task' || !RECOVERY.includes(name)) continue;
      const retried = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
      expect([name, retried]).toEqual([name, expect.arrayContaining(['Throttled', 'AwsUnavailable'])]);
    }
  });

  test('catches names that exist', async () => {
    const caught = (await states()).flatMap(({ state }) =>
      (state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals),
    );
    expect(caught.filter((name) => name !== 'States.ALL' && !isErrorCode(name))).toEqual([]);
  });

  test('calls every task again that a freeze may hold', async () => {
    const all = await states();
    const looksAgain = (task: string) => all.some(({ name }) => name === `${task}: wait`);
    const held = all.flatMap(({ name, state }) => {
      const stage = STAGE_NAMES.find((known) => known === name.toLowerCase().replaceAll(' ', '-'));
      return state.Type === 'Task' && stage && STAGES[stage].changes && !looksAgain(name) ? [name] : [];
    });
    expect(held).toEqual([]);
  });

  test('does a task again whose function was killed when its time was up', async () => {
    for (const { name, state } of await states()) {
      if (state.Type !== 'Task') continue;
      const retried = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
      expect([name, retried.includes('Sandbox.Timedout')]).toEqual([name, true]);
    }
  });

  test('retries only failures that can pass', async () => {
    const retried = (await states())
      .flatMap(({ state }) => state.Retry ?? [])
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((name) => !SAID_BY_LAMBDA.test(name));
    for (const name of retried) {
      expect([name, isErrorCode(name) && 'transient' in FAILURE_KINDS[name]]).toEqual([name, true]);
    }
  });
});

/** Its service's own errors, and a function whose time was up: every task may be done again. */
const SAID_BY_LAMBDA = /^(Lambda\.|Sandbox\.Timedout$)/;

const machines = () =>
  Promise.all(WORKFLOWS.map(async (name) => machineShape.parse(JSON.parse(await read(name)))));

/** A Catch without where it leads to. */
const caughtBy = ({ Catch = [] }: State) => Catch.map((catcher) => ({ ...catcher, Next: undefined }));

test('what happens after a failure is alike in all workflows, apart from where they begin again and end', async () => {
  const [first, ...others] = (await machines()).map(({ States }) =>
    RECOVERY.map((name) => {
      const state = States[name];
      const ends = name === 'Pause' || name === 'Give up';
      return [name, state && { ...state, Catch: caughtBy(state), Next: ends ? undefined : state.Next }];
    }),
  );
  expect(first?.every(([, state]) => state)).toBe(true);
  for (const other of others) expect(other).toEqual(first);
});

test('a workflow begins again with the work that it begins with', async () => {
  const starts = (await machines()).map(({ StartAt, States }) => [StartAt, States['Pause']?.Next]);
  const [deploy, ...others] = starts;
  expect(deploy).toEqual(['Accepted?', 'Analyse']);
  for (const [start, again] of others) expect(again).toBe(start);
});

test('giving up leads to the clean-up where there is one, unless all is to stay', async () => {
  for (const { States } of await machines()) {
    const end = States['Clean up'] ? 'Clean up' : 'Failed';
    expect(States['Leave in place?']?.Default ?? States['Give up']?.Next).toBe(end);
    expect(States['Give up']?.Catch).toEqual([expect.objectContaining({ Next: end })]);
    expect(States['Diagnose']?.Catch).toEqual([expect.objectContaining({ Next: end })]);
  }
});

/** What a state does, without where it leads to. */
const doneBy = ({ Type, Choices, Resource, Parameters, Retry, ...state }: State) => ({
  Type,
  Choices: Choices?.map((rule) => ({ ...rule, Next: undefined })),
  Resource,
  Parameters,
  Retry,
  seconds: [state.Seconds, state.SecondsPath, state.TimeoutSeconds, state.TimeoutSecondsPath],
});

test('a state that several workflows have does the same in all of them', async () => {
  const first = new Map<string, State>();
  for (const { name, state } of (await machines()).flatMap((machine) => statesOf(machine))) {
    if (state.Type === 'Parallel') continue;
    const known = first.get(name) ?? state;
    first.set(name, known);
    expect([name, doneBy(state)]).toEqual([name, doneBy(known)]);
  }
});

test('every state machine file is a known workflow', async () => {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.asl.json'));
  expect(files.sort()).toEqual([...WORKFLOWS].map((name) => `${name}.asl.json`).sort());
});
