import type { Detector } from '../detector-context.ts';
import { isProvided, isSecret, isVariableName } from '../environment-names.ts';
import { lineAt } from '../folder.ts';
import { observe, SURE } from '../observation.ts';
import type { SourceFile } from '../source-scan.ts';

const MAXIMUM_VARIABLES = 100;

interface Read {
  readonly name: string;
  readonly index: number;
  /** The program checks for it and ends without it. */
  readonly required: boolean;
}

/** Variables that the processes read. Required are those without which the program says that it ends. */
export const detectEnvironmentReads: Detector = async ({ entry, folder }) => {
  const found = new Map<string, { readonly read: Read; readonly source: SourceFile }>();
  for (const source of entry.scan.files) {
    for (const read of source.path.endsWith('.py') ? pythonReads(source.text) : scriptReads(source.text)) {
      if (!isVariableName(read.name) || isProvided(read.name)) continue;
      const known = found.get(read.name);
      if (known ? known.read.required || !read.required : found.size >= MAXIMUM_VARIABLES) continue;
      found.set(read.name, { read, source });
    }
  }
  return [...found.values()].map(({ read: { name, required, index }, source }) => {
    const note = required ? `${name} is read, and the program ends without it` : `${name} is read`;
    const evidence = folder.evidence(source.path, note, lineAt(source.text, index));
    return observe('variable', { name, required, secret: isSecret(name) }, SURE.clear, evidence);
  });
};

const READ = /\bprocess\.env(?:\.([A-Za-z_]\w{0,80})|\[ {0,2}['"]([A-Za-z_]\w{0,80})['"] {0,2}\])/g;
const DESTRUCTURED = /\{([\w\s,:='"]{1,400})\} {0,2}= {0,2}process\.env\b/g;
/** `needEnv('NAME')` and the like. */
const DEMANDED =
  /\b(?:(?:require|required|getRequired|mustGet|must|need|assert|ensure)_?[eE]nv\w{0,20}|(?:get)?[eE]nvOr(?:Throw|Fail|Exit)|required|must|need) {0,2}\( {0,2}['"]([A-Z][A-Z0-9_]{1,80})['"]/g;
const LISTED = /required\w{0,40} {0,2}(?::[^=\n]{0,40})?= {0,2}\[([^\]]{1,1000})\]/gi;
const SCHEMA_USE = /parse\( {0,2}process\.env\b|\bcleanEnv {0,2}\(|validate\( {0,2}process\.env\b/;
const SCHEMA_LINE =
  /^[ \t]{0,20}([A-Z][A-Z0-9_]{1,80}) {0,2}: {0,2}((?:z|v|str|url|num|port|email|host|bool|json|Joi|joi)\b[^\n]{0,300})/gm;
const SCHEMA_OPTIONAL = /\.optional\(|\.default\(|\bdefault:|\.catch\(|\.nullish\(|\bdevDefault:/;

function scriptReads(text: string): readonly Read[] {
  const reads = [...text.matchAll(READ)].map((match) => ({
    name: match[1] ?? match[2] ?? '',
    index: match.index,
    required: isChecked(text, match),
  }));
  const destructured = [...text.matchAll(DESTRUCTURED)].flatMap((match) =>
    (match[1] ?? '')
      .split(',')
      .map((part) => ({ name: /^\s*(\w+)/.exec(part)?.[1] ?? '', index: match.index, required: false })),
  );
  const demanded = /\benv\b/i.test(text)
    ? [...text.matchAll(DEMANDED)].map((match) => ({
        name: match[1] ?? '',
        index: match.index,
        required: true,
      }))
    : [];
  return [...reads, ...destructured, ...demanded, ...listedReads(text), ...schemaReads(text)];
}

const ENDS = /\bthrow\b|\bprocess\.exit\(/;
const OR_ENDS =
  /^ {0,2}(?:\?\?|\|\|) {0,2}(?:\(\(\) {0,2}=> {0,2}\{? {0,2})?(?:throw|fail|raise|panic|missing|required)\b/;
/** What an `if` does after its condition: a block, or one statement. */
const CONSEQUENCE = /^[^{};]{0,200}\{([^}]{0,300})|^([^;\n]{0,200})/;
const ASSIGNED = /\b(?:const|let|var) ([\w$]{1,60})(?: {0,2}: {0,2}\w{1,20})? {0,2}= {0,2}$/;

/** The text around the read says that there is no going on without the variable. */
function isChecked(text: string, match: RegExpExecArray): boolean {
  const before = text.slice(Math.max(0, match.index - 100), match.index);
  const after = text.slice(match.index + match[0].length, match.index + match[0].length + 300);
  if (OR_ENDS.test(after) || /\b(?:assert|assert\.ok|invariant)\( {0,2}$/.test(before)) return true;
  if (/\bif {0,2}\([^;{}]{0,90}! {0,2}$/.test(before)) return endsAfter(after);
  const variable = ASSIGNED.exec(before)?.[1];
  const condition = `if (!${variable})`;
  const check = variable === undefined ? -1 : after.indexOf(condition);
  return check !== -1 && endsAfter(after.slice(check + condition.length));
}

function endsAfter(condition: string): boolean {
  const [, block, statement] = CONSEQUENCE.exec(condition) ?? [];
  return ENDS.test(block ?? statement ?? '');
}

/** `const required = ['A', 'B']` in a file that looks variables up by name. */
function listedReads(text: string): readonly Read[] {
  if (!/\bprocess\.env\[ {0,2}[A-Za-z_]/.test(text)) return [];
  return [...text.matchAll(LISTED)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/['"]([A-Z][A-Z0-9_]{1,80})['"]/g)].map((name) => ({
      name: name[1] ?? '',
      index: match.index,
      required: true,
    })),
  );
}

function schemaReads(text: string): readonly Read[] {
  if (!SCHEMA_USE.test(text)) return [];
  return [...text.matchAll(SCHEMA_LINE)].map((match) => {
    const rule = match[2] ?? '';
    const optional = SCHEMA_OPTIONAL.test(rule) || (/^joi/i.test(rule) && !rule.includes('.required('));
    return { name: match[1] ?? '', index: match.index, required: !optional };
  });
}

const PYTHON_READ = /\b(?:os\.)?(?:environ\.get|getenv) {0,2}\( {0,2}['"]([A-Za-z_]\w{0,80})['"]/g;
/** Raises KeyError when the variable is missing. */
const PYTHON_DEMAND = /\b(?:os\.)?environ\[ {0,2}['"]([A-Za-z_]\w{0,80})['"] {0,2}\](?! {0,2}=[^=])/g;

const pythonReads = (text: string): readonly Read[] => [
  ...[...text.matchAll(PYTHON_DEMAND)].map((match) => ({
    name: match[1] ?? '',
    index: match.index,
    required: true,
  })),
  ...[...text.matchAll(PYTHON_READ)].map((match) => ({
    name: match[1] ?? '',
    index: match.index,
    required: false,
  })),
];
