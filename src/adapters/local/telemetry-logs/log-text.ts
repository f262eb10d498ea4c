import { printable } from '../../../domain/deployment.ts';

/** What a terminal may be sent: colours and other renditions (ECMA-48 SGR), and tabs. */
const HARMLESS = /(\u001b\[[0-9;:]*m|\t)/;

/** Text of an application, fit for a terminal: colours stay, everything that moves or rewrites becomes visible. */
export const logText = (text: string): string =>
  text
    .split(HARMLESS)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
