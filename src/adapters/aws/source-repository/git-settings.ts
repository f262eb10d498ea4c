/** The text is not one that git would read as settings. */
export class UnreadableSettings extends Error {}

const SECTION = /^\[([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\]|\\.)*)")?\][ \t]*/;
const NAME = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*(=?)[ \t]*/;

/**
 * The settings of a file such as `.gitmodules`, as `[section.subsection.name, value]`. Whoever judges by them must see what git
 * would see, so what this does not understand is refused (git-config, "Syntax").
 * @throws {UnreadableSettings}
 */
export function gitSettings(text: string): readonly (readonly [key: string, value: string])[] {
  const settings: [string, string][] = [];
  let section = '';
  let rest = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  for (;;) {
    rest = rest.replace(/^(?:[ \t\n]+|[#;][^\n]*)+/, '');
    if (rest === '') return settings;
    const header = SECTION.exec(rest);
    if (header) {
      const subsection = header[2]?.replace(/\\(.)/g, '$1');
      section = `${header[1]?.toLowerCase()}.${subsection === undefined ? '' : `${subsection}.`}`;
      rest = rest.slice(header[0].length);
      continue;
    }
    const name = NAME.exec(rest);
    if (!name || section === '') throw new UnreadableSettings(`"${rest.slice(0, 40)}" is no setting`);
    const value = name[2] === '=' ? valueAt(rest, name[0].length) : { text: 'true', end: name[0].length };
    settings.push([`${section}${name[1]?.toLowerCase()}`, value.text]);
    rest = rest.slice(value.end);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  b: '\b',
  '"': '"',
  '\\': '\\',
  '\n': '',
};

/** A value up to the end of its line: quotes keep spaces and comment signs, a backslash continues it on the next line. */
function valueAt(text: string, start: number): { readonly text: string; readonly end: number } {
  let value = '';
  let kept = 0;
  let quoted = false;
  let at = start;
  for (; at < text.length && text[at] !== '\n'; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\') {
      const escaped = ESCAPES[text[++at] ?? ''];
      if (escaped === undefined) throw new UnreadableSettings('there is an unknown escape');
      value += escaped;
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '#' || character === ';')) {
      at = lineEnd(text, at);
      break;
    } else value += character;
    if (quoted || !/[ \t]/.test(character)) kept = value.length;
  }
  if (quoted) throw new UnreadableSettings('a quote is not closed');
  return { text: value.slice(0, kept), end: at };
}

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};
