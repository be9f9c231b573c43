/** From options as they were read back to words of a command line. */
import type { Command } from 'commander'

/** Those that were typed, except for these, by the names that commander gives them. */
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
