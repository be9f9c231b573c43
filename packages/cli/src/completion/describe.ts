/** What shells complete, read from the commands themselves. */
import type { Command } from 'commander'

export interface DescribedOption {
  readonly short: string | undefined
  readonly long: string | undefined
  readonly description: string
  readonly takesValue: boolean
  /** Values it may have; none if any will do. */
  readonly choices: readonly string[]
}

export interface DescribedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly DescribedOption[]
  /** What its first argument may be; none if that is a file. */
  readonly choices: readonly string[]
}

export function describe(program: Command): DescribedCommand[] {
  const help = program.createHelp()
  const commands = help.visibleCommands(program)
  const names = commands.map((command) => command.name())
  return commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(({ short, long, description, required, optional, argChoices = [] }) => ({ short, long, description, takesValue: required || optional, choices: argChoices })),
    choices: command.name() === 'help' ? names : (command.registeredArguments[0]?.argChoices ?? []),
  }))
}

export const namesOf = ({ short, long }: DescribedOption): string[] => [short, long].filter((name) => name !== undefined)
