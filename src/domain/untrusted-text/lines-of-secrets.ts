import { patternOf, QUOTED, SECRET_WORDS } from './secret-words.ts';

const NAMES = patternOf(SECRET_WORDS);
/** No field, element or comment of a document. */
const PLAIN_LINE = '(?![-#{[&*!"\'`]|[^\\n]{0,400}?[\\w"\']:(?:[ \\t\\r\\n]|$))[^\\n]{1,4096}';
const NAME_AT_END_OF_LINE = `(?:${NAMES})[\\w.-]{0,40}\\\\{0,3}["'\`\\]]{0,2}[ \\t]{0,8}[:=][ \\t]{0,8}`;
const WORD = '[^\\s"\'`=:;(){}[\\],<>|\\\\]{0,200}';

/** Values that stand below their names, and values of several words without quotes. */
export const LINES_OF_SECRETS = [
  new RegExp(
    `${NAME_AT_END_OF_LINE}[|>][+-]?\\d?[ \\t]{0,8}\\r?\\n(?<indent>[ \\t]{1,40})(?<value>[^\\n]{1,4096}(?:\\n\\k<indent>[^\\n]{1,4096}){0,40})`,
    'dg',
  ),
  new RegExp(
    `${NAME_AT_END_OF_LINE}\\r?\\n[ \\t]{1,40}(?<value>${QUOTED}(?!["'\`]?[ \\t]{0,4}:)|${PLAIN_LINE})`,
    'dg',
  ),
  new RegExp(
    `(?:^|\\n)[ \\t]{0,40}(?:-[ \\t]{1,4})?\\w{0,40}(?:${NAMES})\\w{0,40}[ \\t]{0,4}[:=][ \\t]{0,8}(?<value>\\w${WORD}(?:[ \\t]{1,2}\\w${WORD}){1,12})[ \\t]{0,8}\\r?(?=\\n|$)`,
    'dg',
  ),
];
