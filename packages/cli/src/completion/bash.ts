/** Completion for bash. Works with 3.2, the version of macOS. */
import { namesOf, type DescribedCommand } from './describe.ts'

/** Without a match, bash completes file names. */
export function bashCompletion(commands: readonly DescribedCommand[]): string {
  return `# Completion of gangway for bash. In ~/.bashrc: eval "$(gangway completion bash)"
_gangway() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} offered= index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -- ]] && return # Arguments for the server.
  done
  if ((COMP_CWORD == 1)); then
    offered='${commands.map(({ name }) => name).join(' ')}'
  else
    case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(values).join('\n')}
    esac
    if ((COMP_CWORD == 2)); then
      case \${COMP_WORDS[1]} in
${commands.flatMap(firstArgument).join('\n')}
      esac
    fi
    if [[ $current == -* ]]; then
      case \${COMP_WORDS[1]} in
${commands.map(options).join('\n')}
      esac
    fi
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _gangway gangway
`
}

const values = ({ name, options }: DescribedCommand): string[] =>
  options
    .filter(({ takesValue }) => takesValue)
    .map((option) => {
      const words = namesOf(option).map((flag) => `'${name} ${flag}'`)
      const reply = option.choices.length > 0 ? `COMPREPLY=($(compgen -W '${option.choices.join(' ')}' -- "$current")); ` : ''
      return `      ${words.join('|')}) ${reply}return ;;`
    })

const firstArgument = ({ name, choices }: DescribedCommand): string[] => (choices.length > 0 ? [`        ${name}) offered='${choices.join(' ')}' ;;`] : [])

const options = ({ name, options }: DescribedCommand): string => `        ${name}) offered='${options.flatMap(namesOf).join(' ')}' ;;`
