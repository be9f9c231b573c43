/** `gangway uninstall`: removes a server from a host's configuration. */
import { resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { logLine } from '../output.ts'
import { previewConfig, writeConfig } from './host-config-file.ts'
import { entryIn, withoutEntry, type Spot } from './edit-host-config.ts'
import { specOf } from './host-entry.ts'
import { thisPlace } from './platform.ts'
import { showChange } from './show-change.ts'
import { sourceName } from './install-source.ts'
import { configPathOf, type Scope, type Target } from './hosts.ts'

export interface UninstallOptions {
  scope?: Scope
  configPath?: string
  force?: boolean
  dryRun?: boolean
}

export async function uninstall(target: Target, typed: string, { scope, configPath, force, dryRun }: UninstallOptions): Promise<void> {
  const config = configPath === undefined ? configPathOf(target, thisPlace(), scope) : resolve(configPath)
  if (config === undefined) throw new GangwayError('GANGWAY_E_USAGE', `${target.label} has no configuration file. Choose a file with --config-path`)
  const spot: Spot = { file: config, section: target.section, name: sourceName(typed) ?? typed }
  const edit = (text: string): string => {
    const entry = entryIn(text, spot)
    if (entry === undefined) throw new GangwayError('GANGWAY_E_ENTRY_NOT_FOUND', `${config} has no entry "${spot.name}". Check the name, the --scope and the host`)
    if (!force && specOf(entry) === undefined) throw new GangwayError('GANGWAY_E_ENTRY_TAKEN', `"${spot.name}" in ${config} was not created by gangway. To remove it, use --force`)
    return withoutEntry(text, spot)
  }
  if (dryRun) return showChange(previewConfig(config, edit), spot)
  const { file, backup } = await writeConfig(config, edit)
  logLine(`"${spot.name}" was removed from the configuration of ${target.label}, ${file} (backup: ${backup})`)
}
