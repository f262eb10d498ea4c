import { digestOf } from '../../../src/domain/digest.ts';
import type { FixAction, SettingsChange } from '../../../src/domain/fix.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { MAIN_PROCESS_COUNT } from '../../../src/domain/rolling.ts';
import { commandText } from '../../../src/domain/wording.ts';
import { fixAction, inForce } from './fix-action.ts';
import { mainCommand } from './package-commands.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { readVariables } from './read-variables.ts';
import { portIn } from './untrusted.ts';

/** Variables that applications read where to listen from, when it is not PORT. */
const PORT_VARIABLES = [
  'APP_PORT',
  'SERVER_PORT',
  'HTTP_PORT',
  'WEB_PORT',
  'NODE_PORT',
  'LISTEN_PORT',
  'API_PORT',
];

/** The port on which the application listens becomes the one that it is asked on; one that it may choose is told to it. */
export const changePort: Remedy = (ailment) => {
  if (ailment.plan === null || !isWeb(ailment.plan)) return [];
  const { cause, parameters } = ailment.diagnosis;
  const own = portVariable(ailment);
  const told = own === undefined ? [] : [listening(ailment, chosenPort(ailment), own)];
  if (cause === 'port_mismatch') {
    const insisted = portIn(parameters, 'got');
    return [...(insisted === undefined ? [] : [listening(ailment, insisted)]), ...told];
  }
  const twins = portOfTwins(ailment) ?? (isGiven(ailment) ? chosenPort(ailment) : undefined);
  return [...told, ...(twins === undefined ? [] : [listening(ailment, twins)])];
};

const isWeb = (plan: Plan): boolean => plan.processes.value.some(({ exposed }) => exposed);

/** Read besides PORT, which did not help. */
const portVariable = (ailment: Ailment): string | undefined => {
  const read = readVariables(ailment);
  return PORT_VARIABLES.find((name) => read.includes(name));
};

/** What two instances on one machine take from each other: with a port of its own an application has one instance there. */
function portOfTwins(ailment: Ailment): number | undefined {
  const { deployment, diagnosis } = ailment;
  const hasTwin = deployment.target === 'local' && MAIN_PROCESS_COUNT[deployment.stage] > 1;
  return hasTwin && !isGiven(ailment) ? portIn(diagnosis.parameters, 'port') : undefined;
}

/** Ports that local instances are given: another program may have been faster. */
const GIVEN = { first: 20_000, last: 29_999 };
const isGiven = ({ diagnosis, deployment }: Ailment): boolean => {
  const port = portIn(diagnosis.parameters, 'port') ?? 0;
  return deployment.target === 'local' && port >= GIVEN.first && port <= GIVEN.last;
};

/** Between those that services have and those that instances are given, another one for every attempt. */
function chosenPort({ execution, fixesBefore }: Ailment): number {
  const FIRST = 10_000;
  const number = Number.parseInt(digestOf([execution.id, fixesBefore]).slice(0, 8), 16);
  return FIRST + (number % (GIVEN.first - FIRST));
}

function listening(ailment: Ailment, port: number, variable?: string): FixAction {
  const change: SettingsChange = {
    plan: { port: String(port) },
    ...(variable !== undefined && { variables: { [variable]: String(port) } }),
  };
  const alone =
    ailment.deployment.target === 'local' ? ' (one instance, and none beside it in an update)' : '';
  const does =
    variable === undefined
      ? `ask the application on port ${port}, where it listens${alone}`
      : `let the application listen on port ${port}, by ${variable}`;
  return fixAction(ailment, 'change_port', { does, parameters: { port }, change });
}

const EVERYWHERE = '0.0.0.0';
/** Variables that applications read the address from that they listen on. */
const ADDRESS_VARIABLES = [
  'HOST',
  'HOSTNAME',
  'BIND',
  'BIND_ADDRESS',
  'BIND_HOST',
  'BIND_ADDR',
  'LISTEN_ADDRESS',
  'LISTEN_HOST',
  'LISTEN',
  'SERVER_HOST',
  'SERVER_ADDRESS',
  'APP_HOST',
  'HTTP_HOST',
  'WEB_HOST',
  'API_HOST',
  'NODE_HOST',
  'NITRO_HOST',
  'ADDRESS',
  'INTERFACE',
  'IP',
  'FLASK_RUN_HOST',
  'UVICORN_HOST',
];
/** Servers whose command line says where they listen. */
const ADDRESS_OPTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bnext start\b/, `-H ${EVERYWHERE}`],
  [/\b(?:vite|astro) preview\b/, `--host ${EVERYWHERE}`],
  [/\b(?:uvicorn|hypercorn|flask run|streamlit run)\b/, `--host ${EVERYWHERE}`],
];
const PLAIN_LINE = /^[\w@%+=:,./ -]{1,500}$/;

/** By the variable that it reads, or by the option of its server. */
export const setBindAddress: Remedy = (ailment) => {
  const { plan, repository } = ailment;
  if (plan === null || !isWeb(plan)) return [];
  const read = readVariables(ailment);
  const named = ADDRESS_VARIABLES.filter((name) => read.includes(name));
  const names = repository === null && named.length === 0 ? ['HOST'] : named;
  const variables = Object.fromEntries(names.map((name) => [name, EVERYWHERE]));
  const byVariable = fixAction(ailment, 'set_bind_address', {
    does: `let the application listen on all addresses, by ${names.join(' and ')}`,
    parameters: { variables: [...names], value: EVERYWHERE },
    change: { variables },
  });
  return [...(names.length === 0 ? [] : [byVariable]), ...byOption(ailment)];
};

function byOption(ailment: Ailment): readonly FixAction[] {
  const command = mainCommand(ailment.plan);
  const line = command === null || command.kind === 'serve' ? '' : commandText(command);
  const option = ADDRESS_OPTIONS.find(([server]) => server.test(line))?.[1];
  const isTold = option === undefined || line.includes(option) || inForce(ailment, 'start') === null;
  if (isTold || !PLAIN_LINE.test(line)) return [];
  const start = `${line} ${option}`;
  return [
    fixAction(ailment, 'set_bind_address', {
      does: `let the application listen on all addresses, started with \`${start}\``,
      parameters: { command: start },
      change: { plan: { start } },
    }),
  ];
}
