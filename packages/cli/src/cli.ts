/** The command line: which commands there are, what they are told, how they end. */
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
import { write } from './output.ts'
import { usageError } from './usage-error.ts'
import { version } from './version.ts'

/** Ends the process if something is wrong. Otherwise it may go on after this resolves, for a server may be running. */
export async function main(argv: readonly string[]): Promise<void> {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const rest = end < 0 ? [] : argv.slice(end + 1)
  const program = createProgram(rest)
  try {
    await program.parseAsync(isHelpOfNothing(own, program) ? own.slice(1) : own, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error, own.includes('--debug'))
    if (error.exitCode === 0) return // Help or the version was asked for.
    if (error.code !== 'commander.help') fail(usageError(error, own, program.commands.map((command) => command.name())), own.includes('--debug'))
    process.exitCode = 2
  }
}

/** The library would show what there is, and not say what is wrong: as a command, it is complained of. */
const isHelpOfNothing = ([first, name = '-']: readonly string[], program: Command): boolean =>
  first === 'help' && !name.startsWith('-') && ![first, ...program.commands.map((command) => command.name())].includes(name)

const EXAMPLES = `
Examples:
  $ gangway run server.ts                        serve what the file exports
  $ gangway dev server.ts                        and look at it in the MCP Inspector
  $ gangway call server.ts add a=1 b=2           ask it something
  $ gangway install claude-desktop server.ts     have a host start it
  $ gangway help run                             all about one command`

/** `rest` is what follows `--`: it belongs to the server. */
export function createProgram(rest: readonly string[]): Command {
  const program = new Command('gangway')
    .description('Runs MCP servers, and asks them.')
    .version(version, '-v, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .helpOption('-h, --help', 'explain the command')
    .addHelpText('after', EXAMPLES)
    .configureOutput({ writeOut: write, outputError: () => {} }) // `main` writes errors.
    .exitOverride()
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
