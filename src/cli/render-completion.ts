export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** The words that may follow a command; the path of the root is empty. */
export interface CommandWords {
  readonly path: string;
  readonly words: readonly string[];
}

/** A completion script. Static: the shell does not start gwctl at every press of a key. */
export function renderCompletion(shell: Shell, commands: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return renderBash(commands);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${renderBash(commands)}`;
    case 'fish':
      return renderFish(commands);
  }
}

/** The path is made of the words before the cursor that are known to follow each other; options and their values are passed over. */
function renderBash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;\n`).join('');
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`).join('|');
  return `_gwctl() {
  local path='' next words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${path:+$path }\${COMP_WORDS[index]}"
    case "$next" in
      ${paths}) path="$next" ;;
    esac
  done
  case "$path" in
${cases}  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _gwctl gwctl
`;
}

function renderFish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ path, words }) => {
    const [first, ...rest] = path.split(' ');
    const condition = path === '' ? '__fish_use_subcommand' : [`__fish_seen_subcommand_from ${first ?? ''}`, ...rest.map((word) => `__fish_seen_subcommand_from ${word}`)].join('; and ');
    return words.map((word) => (word.startsWith('--') ? `complete -c gwctl -n '${condition}' -l ${word.slice(2)}` : `complete -c gwctl -n '${condition}' -f -a ${word}`));
  });
  return `${lines.join('\n')}\n`;
}
