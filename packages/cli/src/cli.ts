/** The command line: which commands there are, what they are told, how they end. */
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addRun } from './commands/run.ts'
import { addVersion } from './commands/version.ts'
import { fail } from './errors.ts'
import { usageError } from './usage-error.ts'
import { version } from './version.ts'

/** Ends the process if something is wrong. Otherwise it may go on after this resolves, for a server may be running. */
export async function main(argv: readonly string[]): Promise<void> {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const rest = end < 0 ? [] : argv.slice(end + 1)
  try {
    await createProgram(rest).parseAsync(own, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error, own.includes('--debug'))
    if (error.exitCode === 0) return // Help or the version was asked for.
    if (error.code !== 'commander.help') fail(usageError(error, own), own.includes('--debug'))
    process.exitCode = 2
  }
}

/** `rest` is what follows `--`: it belongs to the server. */
function createProgram(rest: readonly string[]): Command {
  const program = new Command('gangway')
    .description('Runs MCP servers.')
    .version(version, '-v, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .helpOption('-h, --help', 'explain the command')
    .configureOutput({ outputError: () => {} }) // `main` writes it.
    .exitOverride()
  addRun(program, rest)
  addVersion(program)
  return program
}
