/** `\x1b[31m`; no character stands in two of the classes, so nothing is tried twice. */
const CONTROL_SEQUENCE = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g;
/** `\x1b]8;;https://...\x07`: titles, links and whatever else a terminal takes without showing it. */
const CONTROL_STRING =
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]*(?:\x07|\x1b\\|\x9c)/g;
const OTHER_ESCAPE = /\x1b[ -/]*[0-~]/g;
/** Characters that nobody sees: zero-width, bidirectional, tags, variation selectors, soft hyphens, fillers. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb]/gu;
const LINE_BREAK = /\r\n?|[\u0085\u2028\u2029]/g;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
/** Spaces that are no spaces to those who look for one. */
const ODD_SPACE = /[\p{Zs}\u2800]/gu;
const NOT_ASCII = /[^\x00-\x7f]/;
/** Marks on one character; more than that bury the line, and sorting them takes quadratic time. */
const MARKS = /(\p{M}{8})\p{M}+/gu;
const COMMENT = /<!--([\s\S]*?)(?:--!?>|$)/g;

/**
 * Text as somebody would see it who looks at it: without escape sequences and invisible characters, with comments of HTML in plain
 * sight, in Unicode's normal form C. Line breaks and tabs stay.
 */
export const cleanText = (text: string): string => withVisibleComments(normal(withoutInvisible(text)));

/** Without escape sequences, control characters and characters that have no width. */
export const withoutInvisible = (text: string): string =>
  withoutEscapes(text.toWellFormed())
    .replace(LINE_BREAK, '\n')
    .replace(CONTROL, '')
    .replace(INVISIBLE, '')
    .replace(ODD_SPACE, ' ');

function withoutEscapes(text: string): string {
  if (!/[\x1b\x80-\x9f]/.test(text)) return text;
  return text.replace(CONTROL_STRING, '').replace(CONTROL_SEQUENCE, '').replace(OTHER_ESCAPE, '');
}

const normal = (text: string): string => (NOT_ASCII.test(text) ? normalForm(text) : text);

const normalForm = (text: string): string =>
  text.replace(MARKS, '$1').normalize('NFC').replace(MARKS, '$1').normalize('NFC');

function withVisibleComments(text: string): string {
  if (!text.includes('<!--')) return text;
  return text.replace(
    COMMENT,
    (_, inside: string) => `[hidden comment:${inside.replaceAll('<!--', '<! --')}]`,
  );
}
