/** Converts parsed options back to command-line arguments. */
import type { Command } from 'commander'

/** Only options from the command line. `except` contains attribute names of commander. */
export function retype(command: Command, except: ReadonlySet<string>): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName()
    const long = option.long ?? ''
    const value: unknown = command.getOptionValue(name)
    if (except.has(name) || command.getOptionValueSource(name) !== 'cli' || option.negate !== (value === false)) return []
    if (typeof value === 'boolean') return [long]
    return [value].flat().map((text) => `${long}=${String(text)}`)
  })
}
