import type { freezeDocument } from '../../../src/contracts/api.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { Colors } from '../output.ts';
import { localTime } from './words.ts';

type Freeze = NonNullable<ReturnType<typeof freezeDocument.parse>['freeze']>;

/** Who froze everything, since when and why. */
export const frozenText = ({ reason, actor, at }: Freeze, { yellow }: Colors): string =>
  `${yellow('everything is frozen')} by ${singleLine(actor)} since ${localTime(at)}: ${singleLine(reason)}`;
