/** What a shell has to know of a command. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly argument:
    | { readonly kind: 'choice'; readonly choices: readonly string[] }
    | { readonly kind: 'deployment' | 'folder' | 'none' };
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
}

const NAMES = 'hivemind names 2>/dev/null';

export const bashScript = (commands: readonly CommandWords[]): string => `# completion of hivemind for bash
_hivemind() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${commands.flatMap(bashValues).join('\n')}
  esac
  case "\${COMP_WORDS[1]} $word" in
${commands.map((command) => `    "${command.name} -"*) COMPREPLY=($(compgen -W "${flags(command)}" -- "$word")) ;;`).join('\n')}
${commands.flatMap(bashArgument).join('\n')}
  esac
}
complete -F _hivemind hivemind
`;

const flags = ({ options }: CommandWords): string => options.map(({ flag }) => flag).join(' ');

/** After an option with a value: its choices, or files. */
const bashValues = ({ name, options }: CommandWords): readonly string[] =>
  options
    .filter(({ takesValue }) => takesValue)
    .map(({ flag, choices }) => {
      const words = choices.length > 0 ? `-W "${choices.join(' ')}"` : '-f';
      return `    "${name} ${flag}") COMPREPLY=($(compgen ${words} -- "$word")); return ;;`;
    });

function bashArgument({ name, argument }: CommandWords): readonly string[] {
  const words = {
    choice: argument.kind === 'choice' ? `-W "${argument.choices.join(' ')}"` : '',
    deployment: `-W "$(${NAMES})"`,
    folder: '-d',
    none: '',
  }[argument.kind];
  return words === '' ? [] : [`    "${name} "*) COMPREPLY=($(compgen ${words} -- "$word")) ;;`];
}

export const zshScript = (commands: readonly CommandWords[]): string => `#compdef hivemind
# completion of hivemind for zsh
_hivemind() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${commands.map(zshCommand).join('\n')}
  esac
}
if [ "$funcstack[1]" = _hivemind ]; then _hivemind "$@"; else compdef _hivemind hivemind; fi
`;

function zshCommand({ name, argument, options }: CommandWords): string {
  const specifications = options.map(({ flag, description, takesValue, choices }) => {
    const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files';
    return quoted(`${flag}[${description.replace(/[[\]:]/g, ' ')}]${takesValue ? value : ''}`);
  });
  const words = {
    choice: argument.kind === 'choice' ? `':value:(${argument.choices.join(' ')})'` : '',
    deployment: `":deployment:($(${NAMES}))"`,
    folder: `':folder:_files -/'`,
    none: '',
  }[argument.kind];
  return `    ${name}) shift words; (( CURRENT-- )); _arguments ${[...specifications, words].filter(Boolean).join(' ')} ;;`;
}

export const fishScript = (commands: readonly CommandWords[]): string => `# completion of hivemind for fish
complete -c hivemind -f
${commands.flatMap(fishCommand).join('\n')}
`;

function fishCommand({ name, description, argument, options }: CommandWords): readonly string[] {
  const of = `complete -c hivemind -n '__fish_seen_subcommand_from ${name}'`;
  const words = {
    choice: argument.kind === 'choice' ? [`${of} -a ${quoted(argument.choices.join(' '))}`] : [],
    deployment: [`${of} -a '(${NAMES})'`],
    folder: [`${of} -a '(__fish_complete_directories)'`],
    none: [],
  }[argument.kind];
  return [
    `complete -c hivemind -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...words,
    ...options.map(({ flag, description, takesValue, choices }) => {
      const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
      return `${of} -l ${flag.replace(/^--/, '')} -d ${quoted(description)}${value}`;
    }),
  ];
}

/** A word for any of these shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;
