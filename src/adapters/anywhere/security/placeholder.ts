const STAND_INS =
  /^(?:user|username|pass|passw(?:or)?d|pwd|secret|token|key|example|sample|test|testing|dummy|none|null|true|false|root|admin|postgres|changeme|change[-_ ]?me|todo|tbd|foo|bar|baz|abc|123+\d*)\d*$/i;
const STAND_IN_PHRASES =
  /your[-_ ]|[-_ ]here\b|change[-_ ]?me|example|placeholder|replace|insert|dummy|^<.*>$|^\[.*\]$|\*{3}|\.\.\./i;
const REFERENCE = /\$\{?\w|\{\{|<%|%\(\w+\)s|process\.env/;

/** Whether a value stands for one that is filled in elsewhere: an example, a variable, the same character again and again. */
export function isPlaceholder(value: string): boolean {
  return (
    /^(.)\1*$/su.test(value) ||
    value === '' ||
    STAND_INS.test(value) ||
    STAND_IN_PHRASES.test(value) ||
    REFERENCE.test(value)
  );
}
