/** `gangway install`: adds a server to a host's configuration, and checks that it starts. */
import { Argument, Option, type Command } from 'commander'
import { setHelp, type HelpText } from '../help.ts'
import type { InstallOptions } from '../install/install-command.ts'
import { findTarget, TARGETS } from '../install/hosts.ts'
import { addEnvironmentOptions, moduleOption } from '../option-groups.ts'
import { collect } from '../options.ts'

const HELP: HelpText = {
  common: ['--name', '--env-file', '--scope', '--dry-run', '--help'],
  examples: [
    ['gangway install claude-desktop server.ts'],
    ['gangway install claude-code server.ts --scope project -- --db a.db'],
    ['gangway install cursor server.ts:create --name notes --env-file .env'],
    ['gangway install vscode server.ts --dry-run'],
    ['gangway install claude-desktop server.ts --with zod@4 --node 24'],
    ['gangway install claude-desktop https://example.com/mcp'],
    ['gangway install mcp-json server.ts > mcp.json'],
  ],
  notes: [
    'The server is a file, a config file, a URL, an mcp.json, or mcp.json:name for one of its servers. Without it, the config file in the working directory is used. Paths in the entry are absolute.',
    "Only the server's own entry changes. The previous file is kept as <file>.gangway.bak. Afterwards gangway starts the server the way the host does, without the variables of your shell.",
    'Values of --env and --env-file are stored in the file as plain text, because hosts need them. Only mcp-json prints them. Prefer --env-file for secrets: shells store command lines in their history.',
  ],
}

/** `args` are the arguments after `--`. */
export function addInstall(program: Command, args: readonly string[]): void {
  const command = program
    .command('install')
    .description("add a server to a host's configuration")
    .usage('<target> [file[:export]] [options] [-- <server arguments>]')
    .addArgument(new Argument('<target>', 'host').choices([...TARGETS.keys()]))
    .addArgument(new Argument('[file]', 'TypeScript or JavaScript file, config file, URL or mcp.json; file:export selects an export'))
    .addOption(moduleOption())
    .option('--profile <name>', 'use this profile of the config file')
    .option('-n, --name <name>', 'name of the entry (default: the name of the file, package or folder)')
    .addOption(new Option('--env <name=value>', 'set an environment variable of the server (repeatable)').argParser(collect))
    .option('--env-file <file>', 'read environment variables from a file; --env overrides them')
    .addOption(new Option('--scope <scope>', 'write the configuration of the user, or of the project in the working directory (default: user)').choices(['user', 'project']))
    .addOption(new Option('--config-path <file>', 'write to this file instead').conflicts('scope'))
    .option('--force', 'replace an existing entry that runs something else')
    .option('--dry-run', 'show the changes without writing them')
    .option('--no-check', 'do not check that the server starts')
    .option('--debug', 'print the stack of an error')
  setHelp(command, HELP)
  addEnvironmentOptions(command)
  command
    .action(async (target: string, file: string | undefined, options: InstallOptions) => {
      const { install } = await import('../install/install-command.ts') // Imported here to keep `run` fast.
      await install(findTarget(target), file, options, args)
    })
}
