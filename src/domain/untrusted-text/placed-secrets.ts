import { patternOf, QUOTED, SECRET_WORDS, VALUE } from './secret-words.ts';

const NAMES = patternOf(`${SECRET_WORDS} token`);

/** `--db-password x`, `ENV API_KEY x`, `<password>x</password>`, `name: API_KEY` and in the next field `value: x`. */
export const PLACED = [
  new RegExp(
    `--[a-z-]{0,40}(?:${patternOf(`${SECRET_WORDS} token pass`)})[a-z-]{0,40}[ \\t]+(?=(?<value>${VALUE}))`,
    'dg',
  ),
  new RegExp(`\\b(?:ENV|ARG)[ \\t]+\\w{0,80}(?:${NAMES})\\w{0,40}[ \\t]+(?=(?<value>${VALUE}))`, 'dg'),
  new RegExp(`<\\w{0,40}(?:${NAMES})\\w{0,40}>(?<value>[^<\\n]{1,4096})`, 'dg'),
  new RegExp(
    `(?:${NAMES})\\w{0,40}["'\`]?,?\\s{1,40}["'\`]?(?:value|default)["'\`]?[ \\t]{0,4}[:=][ \\t]{0,4}(?=(?<value>${VALUE}))`,
    'dgi',
  ),
  new RegExp(`(?:${NAMES})["'\`]?,["'\`](?:value|Value)["'\`]:(?=(?<value>${VALUE}))`, 'dg'),
  /\blogin[ \t]+\S{1,200}\s{1,20}password[ \t]+(?<value>\S{1,4096})/dg,
  /\bIDENTIFIED[ \t]+BY[ \t]+(?<value>'[^'\n]{0,400}'|"[^"\n]{0,400}")/dgi,
  /\b(?:sshpass|docker[ \t]+login|mysql|mysqldump|redis-cli|psql)\b[^\n]{0,200}?[ \t]-(?:p|a)[ \t]?(?<value>[^\s-]\S{0,400})/dg,
  /\bcurl\b[^\n]{0,400}?[ \t](?:-u|--user)[ =]?["']?[^\s:"']{1,200}:(?<value>[^\s"']{1,400})/dg,
  new RegExp(
    `\\b(?:define|putenv|getenv|env|get|fetch|set|put|setItem|setdefault|setProperty|getProperty|getOrDefault|config)\\([ \\t]{0,4}["'][\\w.-]{0,60}(?:${NAMES})[\\w.-]{0,40}["'][ \\t]{0,4},[ \\t]{0,4}(?=(?<value>${QUOTED}))`,
    'dg',
  ),
  new RegExp(
    `(?:${NAMES})\\w{0,40}["'\`\\])]{0,3}[ \\t]{0,4}(?:\\|\\||\\?\\?|\\bor\\b)[ \\t]{0,4}(?=(?<value>${QUOTED}))`,
    'dg',
  ),
  new RegExp(`(?:\\b[sS]et|\\b[wW]ith)_?(?:${NAMES})\\([ \\t]{0,4}(?=(?<value>${QUOTED}))`, 'dg'),
  new RegExp(
    `<(?:entry|property|prop|string|param|setting|env|item|var)[ \\t]{1,4}(?:key|name|id)=["'][\\w.-]{0,60}(?:${NAMES})[\\w.-]{0,40}["']>(?<value>[^<\\n]{1,4096})`,
    'dg',
  ),
  /\bPASSWORD[ \t]+(?<value>'[^'\n]{1,400}'|"[^"\n]{1,400}")/dgi,
  new RegExp(`(?<![A-Za-z])(?:pw|PW)[ \\t]{0,4}[:=][ \\t]{0,4}(?=(?<value>${VALUE}))`, 'dg'),
];
