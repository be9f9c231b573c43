/** `gangway install`: enters a server in a host's configuration, and shows that it starts there. */
import { Argument, Option, type Command } from 'commander'
import type { InstallOptions } from '../install/install.ts'
import { findTarget, TARGETS } from '../install/targets.ts'
import { addEnvironmentOptions, moduleOption } from '../option-groups.ts'
import { collect } from '../options.ts'

const EXAMPLES = `
Examples:
  $ gangway install claude-desktop server.ts
  $ gangway install claude-code server.ts --scope project -- --db notes.db
  $ gangway install cursor server.ts:create --name notes --env-file .env
  $ gangway install vscode server.ts --dry-run
  $ gangway install claude-desktop server.ts --with zod@4 --node 24
  $ gangway install claude-desktop https://example.com/mcp
  $ gangway install mcp-json server.ts > mcp.json

The server is whatever run takes: a file, a config file (the one that is here, if nothing is named), an address, an
mcp.json, or one of its servers, mcp.json:name. Paths in the entry are absolute.
Only the server's own entry is written; all else in the file stays as it is, and a copy of the file as it was is kept
beside it, as <file>.gangway.bak. Then the server is started as the host will start it, without your shell's variables.
Values of --env and --env-file are written to the file as they are, for hosts need them so; they are not shown, except
in what mcp-json prints. Shells remember what was typed, so --env-file is the better place for secrets.`

/** `args` are for the server. */
export function addInstall(program: Command, args: readonly string[]): void {
  const command = program
    .command('install')
    .description("enter a server in a host's configuration")
    .usage('<target> [file[:export]] [options] [-- <arguments of the server>]')
    .addArgument(new Argument('<target>', 'who is to start it').choices([...TARGETS.keys()]))
    .addArgument(new Argument('[file]', 'TypeScript or JavaScript; file:export or file#export picks an export; or another server that run takes'))
    .addOption(moduleOption())
    .option('--profile <name>', 'profile of the config file')
    .option('-n, --name <name>', 'name of the entry (default: that of the file, package or folder)')
    .addOption(new Option('--env <name=value>', 'variable for the server, repeatable').argParser(collect))
    .option('--env-file <file>', 'variables for the server, one to a line; --env goes over them. Node itself reads it, too, and ends with exit code 9 if there is none')
    .addOption(new Option('--scope <scope>', 'for you, or for the project in this folder (default: user)').choices(['user', 'project']))
    .addOption(new Option('--config-path <file>', "write to this file instead of the host's own").conflicts('scope'))
    .option('--force', 'replace an entry of that name that runs something else')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--no-check', 'do not start the server afterwards')
    .option('--debug', 'show the stack of an error')
  addEnvironmentOptions(command)
  command
    .addHelpText('after', EXAMPLES)
    .action(async (target: string, file: string | undefined, options: InstallOptions) => {
      const { install } = await import('../install/install.ts') // Here, for it would cost `run` its start.
      await install(findTarget(target), file, options, args)
    })
}
