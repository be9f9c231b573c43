/** Parses the command line and runs a command. */
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addCache } from './commands/cache.ts'
import { addCall } from './commands/call.ts'
import { addCompletion } from './commands/completion.ts'
import { addDev } from './commands/dev.ts'
import { addInspect } from './commands/inspect.ts'
import { addInstall } from './commands/install.ts'
import { addList } from './commands/list.ts'
import { addRun } from './commands/run.ts'
import { addUninstall } from './commands/uninstall.ts'
import { addVersion } from './commands/version.ts'
import { fail } from './errors.ts'
import { formatHelp, setHelp, type HelpText } from './help.ts'
import { writeStyled } from './output.ts'
import { usageError } from './usage-error.ts'
import { version } from './own-version.ts'

/** Exits on an error. After it resolves, a server may keep the process running. */
export async function main(argv: readonly string[]): Promise<void> {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const rest = end < 0 ? [] : argv.slice(end + 1)
  const program = createProgram(rest, own.length === 0 || (own.includes('-h') && !own.includes('--help')))
  try {
    await program.parseAsync(isHelpForUnknownCommand(own, program) ? own.slice(1) : own, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error, own.includes('--debug'))
    if (error.exitCode === 0) return // It printed the help or the version.
    if (error.code !== 'commander.help') fail(usageError(error, own, program.commands.map((command) => command.name())), own.includes('--debug'))
    process.exitCode = 2
  }
}

/** For `gangway help typo`, commander would print the list of commands. Without `help`, it reports the unknown command. */
const isHelpForUnknownCommand = ([first, name = '-']: readonly string[], program: Command): boolean =>
  first === 'help' && !name.startsWith('-') && ![first, ...program.commands.map((command) => command.name())].includes(name)

const HELP: HelpText = {
  examples: [
    ['gangway run server.ts', 'run the server that a file exports'],
    ['gangway dev server.ts', 'open it in the MCP Inspector'],
    ['gangway call server.ts add a=1 b=2', 'call one of its tools'],
    ['gangway install claude-desktop server.ts', 'add it to Claude Desktop'],
    ['gangway help run', 'show all options of a command'],
  ],
}

/** `rest` are the arguments after `--`. `short` selects the short form of the help. */
export function createProgram(rest: readonly string[], short = false): Command {
  const program = new Command('gangway')
    .description('Run, inspect and call MCP servers.')
    .version(version, '-v, --version', 'print the version')
    .helpCommand('help [command]', 'show all options of a command')
    .helpOption('-h, --help', 'show help; -h shows a short form')
    .configureHelp({ formatHelp: (command, helper) => formatHelp(command, helper, short) })
    .configureOutput({ writeOut: writeStyled, outputError: () => {} }) // `main` reports errors.
    .exitOverride()
  setHelp(program, HELP)
  addRun(program, rest)
  addDev(program, rest)
  addList(program, rest)
  addCall(program, rest)
  addInspect(program, rest)
  addInstall(program, rest)
  addUninstall(program)
  addCache(program)
  addCompletion(program)
  addVersion(program)
  return program
}
