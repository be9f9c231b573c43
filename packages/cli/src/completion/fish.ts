/** Completion for fish. */
import type { DescribedCommand, DescribedOption } from './describe.ts'

/** Without a match, fish completes file names. */
export function fishCompletion(commands: readonly DescribedCommand[]): string {
  const lines = ['# Completion of gangway for fish. In ~/.config/fish/config.fish: gangway completion fish | source', ...commands.map(commandLine), ...commands.flatMap(details)]
  return `${lines.join('\n')}\n`
}

const commandLine = ({ name, description }: DescribedCommand): string => `complete -c gangway -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`

function details({ name, options, choices }: DescribedCommand): string[] {
  const here = `__fish_seen_subcommand_from ${name}`
  const first = choices.length > 0 ? [`complete -c gangway -n ${quoted(`${here}; and not __fish_seen_subcommand_from ${choices.filter((choice) => choice !== name).join(' ')}`)} -f -a ${quoted(choices.join(' '))}`] : []
  return [...first, ...options.map((option) => optionLine(here, option))]
}

function optionLine(here: string, { short, long, description, takesValue, choices }: DescribedOption): string {
  const names = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), ...(long === undefined ? [] : [`-l ${long.slice(2)}`])]
  const value = choices.length > 0 ? [`-x -a ${quoted(choices.join(' '))}`] : takesValue ? ['-r'] : []
  return ['complete -c gangway', `-n ${quoted(here)}`, ...names, ...value, `-d ${quoted(description)}`].join(' ')
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
