import type { LogLine } from '../../../src/domain/log-line.ts';
import { logText, singleLine } from '../../../src/domain/plain-text.ts';
import type { Colors } from '../output.ts';
import { localTime } from './words.ts';

/** `12:03:04 shop-1 | text` */
export const logLineText = ({ time, name, text }: LogLine, { dim, cyan }: Colors): string =>
  `${dim(localTime(time).slice(11))} ${cyan(singleLine(name))} ${dim('|')} ${logText(text)}`;
