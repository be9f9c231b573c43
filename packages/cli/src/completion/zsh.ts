/** Completion for zsh. */
import { namesOf, type DescribedCommand, type DescribedOption } from './describe.ts'

/** Works as a file in `fpath`, and with `eval` after `compinit`. */
export function zshCompletion(commands: readonly DescribedCommand[]): string {
  return `#compdef gangway
# Completion of gangway for zsh. In ~/.zshrc, after compinit: eval "$(gangway completion zsh)"
_gangway() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(branch).join('\n')}
  esac
}
if [[ $funcstack[1] == _gangway ]]; then
  _gangway "$@"
else
  compdef _gangway gangway
fi
`
}

/** `-S` ends options at `--`, because the rest are arguments for the server. */
function branch({ name, options, choices }: DescribedCommand): string {
  const first = choices.length > 0 ? [quoted(`1:argument:(${choices.join(' ')})`)] : []
  return `    ${name}) _arguments -s -S ${[...options.flatMap(specs), ...first, quoted('*:file:_files')].join(' ')} ;;`
}

function specs(option: DescribedOption): string[] {
  const value = option.choices.length > 0 ? `(${option.choices.join(' ')})` : '_files'
  return namesOf(option).map((name) => quoted(`*${name}[${option.description.replaceAll(/[[\]:\\]/g, '\\$&')}]${option.takesValue ? `:value:${value}` : ''}`))
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
