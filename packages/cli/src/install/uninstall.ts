/** From a name, or the file that was installed without one, to a configuration without its entry. */
import { resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { say } from '../output.ts'
import { previewConfig, writeConfig } from './config-file.ts'
import { entryIn, withoutEntry, type Spot } from './edit-config.ts'
import { specOf } from './entry.ts'
import { thisPlace } from './place.ts'
import { showChange } from './report.ts'
import { sourceName } from './source.ts'
import { configPathOf, type Scope, type Target } from './targets.ts'

export interface UninstallOptions {
  scope?: Scope
  configPath?: string
  force?: boolean
  dryRun?: boolean
}

export async function uninstall(target: Target, typed: string, { scope, configPath, force, dryRun }: UninstallOptions): Promise<void> {
  const config = configPath === undefined ? configPathOf(target, thisPlace(), scope) : resolve(configPath)
  if (config === undefined) throw new GangwayError('GANGWAY_E_USAGE', `${target.label} is no host with a file of its own: name the file with --config-path`)
  const spot: Spot = { file: config, section: target.section, name: sourceName(typed) ?? typed }
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
