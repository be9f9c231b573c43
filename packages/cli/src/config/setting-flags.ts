/** The flags of the settings: as options of a command, and from parsed options back to settings. */
import { Option } from 'commander'
import { parserOf, settingsIn, type Flag, type Group, type Setting, type SettingName } from './settings-table.ts'

/** Values of the command line. */
export type Given = Readonly<Partial<Record<SettingName, unknown>>>

/** In the order of the help. */
export const optionsOf = (...groups: readonly Group[]): Option[] => flagsIn(...groups).map(([, flag, setting]) => toOption(flag, setting))

/** `options` are the parsed options of a command. */
export const settingsOf = (options: object, ...groups: readonly Group[]): Given => Object.fromEntries(given(options, groups).map(([name, , value]) => [name, value]))

/** The long names of the given flags. */
export const namesOfGiven = (options: object, ...groups: readonly Group[]): readonly string[] => given(options, groups).map(([, flag]) => flag)

const flagsIn = (...groups: readonly Group[]): (readonly [SettingName, Flag, Setting])[] => settingsIn(...groups).flatMap(([name, setting]) => (setting.flag ? [[name, setting.flag, setting] as const] : []))

function toOption({ names, help, collect }: Flag, setting: Setting): Option {
  const option = new Option(names, help)
  if (!option.required) return option
  if (setting.default !== undefined) option.description += ` (default: ${setting.defaultText ?? String(setting.default)})`
  const parse = collect ?? parserOf(setting)
  return parse ? option.argParser(parse as (text: string, earlier: unknown) => unknown) : option
}

export const longName = ({ names }: Flag): string => new Option(names).long ?? ''

function given(options: object, groups: readonly Group[]): (readonly [SettingName, string, unknown])[] {
  return flagsIn(...groups).flatMap(([name, { names, sets }]) => {
    const option = new Option(names)
    const value: unknown = options[option.attributeName() as keyof typeof options]
    return isGiven(option, value) ? [[name, option.long ?? '', sets ?? value] as const] : []
  })
}

/** Without `--no-…`, the value of the option is true. */
export const isGiven = ({ negate }: Option, value: unknown): boolean => value !== undefined && !(negate && value === true)
