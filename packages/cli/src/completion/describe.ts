/** Describes the commands as data, for shell completion and the docs. */
import type { Command, Option } from 'commander'

export interface DescribedOption {
  readonly short: string | undefined
  readonly long: string | undefined
  /** As in the help: `-p, --port <number>`. */
  readonly flags: string
  readonly description: string
  /** Its heading in the help. */
  readonly group: string
  readonly takesValue: boolean
  /** Allowed values; empty if there is no restriction. */
  readonly choices: readonly string[]
  readonly default: string | undefined
}

export interface DescribedArgument {
  readonly name: string
  readonly description: string
  readonly choices: readonly string[]
}

export interface DescribedCommand {
  readonly name: string
  readonly description: string
  /** The usage line without the name of the command. */
  readonly usage: string
  readonly arguments: readonly DescribedArgument[]
  readonly options: readonly DescribedOption[]
  /** Allowed values of the first argument; empty if it is a file. */
  readonly choices: readonly string[]
}

export function describe(program: Command): DescribedCommand[] {
  const help = program.createHelp()
  const commands = help.visibleCommands(program)
  const names = commands.map((command) => command.name())
  return commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map((argument) => ({ name: argument.name(), description: argument.description, choices: argument.argChoices ?? [] })),
    options: help.visibleOptions(command).map(describeOption),
    choices: command.name() === 'help' ? names : (command.registeredArguments[0]?.argChoices ?? []),
  }))
}

const describeOption = ({ short, long, flags, description, helpGroupHeading: group = 'Options:', required, optional, argChoices: choices = [], defaultValue }: Option): DescribedOption => ({
  ...{ short, long, flags, description, group, choices },
  takesValue: required || optional,
  default: typeof defaultValue === 'string' ? defaultValue : undefined,
})

export const namesOf = ({ short, long }: DescribedOption): string[] => [short, long].filter((name) => name !== undefined)
