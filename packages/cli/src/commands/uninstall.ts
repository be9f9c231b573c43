/** `gangway uninstall`: takes a server's entry out of a host's configuration. */
import { resolve } from 'node:path'
import { Argument, Option, type Command } from 'commander'
import { GangwayError } from '@gangway/core'
import { previewConfig, writeConfig } from '../install/config-file.ts'
import { entryIn, withoutEntry, type Spot } from '../install/edit-config.ts'
import { specOf } from '../install/entry.ts'
import { nameFor } from '../install/entry-name.ts'
import { thisPlace } from '../install/place.ts'
import { showChange } from '../install/report.ts'
import { configPathOf, findTarget, TARGETS, type Scope, type Target } from '../install/targets.ts'
import { isFile } from '../load/find-file.ts'
import { parseSpec } from '../load/spec.ts'
import { say } from '../output.ts'

interface UninstallOptions {
  scope?: Scope
  configPath?: string
  force?: boolean
  dryRun?: boolean
}

const EXAMPLES = `
Examples:
  $ gangway uninstall claude-desktop notes
  $ gangway uninstall claude-code server.ts --scope project
  $ gangway uninstall cursor notes --dry-run`

export function addUninstall(program: Command): void {
  program
    .command('uninstall')
    .description("take a server's entry out of a host's configuration")
    .usage('<target> <name> [options]')
    .addArgument(new Argument('<target>', 'who starts it').choices([...TARGETS.keys()]))
    .addArgument(new Argument('<name>', 'the name of the entry, or the file that was installed without one'))
    .addOption(new Option('--scope <scope>', 'yours, or that of the project in this folder (default: user)').choices(['user', 'project']))
    .addOption(new Option('--config-path <file>', "write to this file instead of the host's own").conflicts('scope'))
    .option('--force', 'remove it though it is not from gangway')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action((target: string, name: string, options: UninstallOptions) => uninstall(findTarget(target), name, options))
}

async function uninstall(target: Target, typed: string, { scope, configPath, force, dryRun }: UninstallOptions): Promise<void> {
  const config = configPath === undefined ? configPathOf(target, thisPlace(), scope) : resolve(configPath)
  if (config === undefined) throw new GangwayError('GANGWAY_E_USAGE', `${target.label} is no host with a file of its own: name the file with --config-path`)
  const { path } = parseSpec(typed, isFile)
  const spot: Spot = { file: config, section: target.section, name: isFile(path) ? nameFor(resolve(path)) : typed }
  const edit = (text: string): string => {
    const entry = entryIn(text, spot)
    if (entry === undefined) throw new GangwayError('GANGWAY_E_ENTRY_NOT_FOUND', `There is no "${spot.name}" in ${config}: check the name, the --scope and the target`)
    if (!force && specOf(entry) === undefined) throw new GangwayError('GANGWAY_E_ENTRY_TAKEN', `"${spot.name}" in ${config} is not from gangway: remove it all the same with --force`)
    return withoutEntry(text, spot)
  }
  if (dryRun) return showChange(previewConfig(config, edit), spot)
  const { file, backup } = await writeConfig(config, edit)
  say(`"${spot.name}" is no longer in ${target.label}'s ${file} (as it was: ${backup})`)
}
