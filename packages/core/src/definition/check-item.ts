/** Checks the arguments of `tool()`, `resource()` and `prompt()`, which code written for other libraries often passes in another form. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import { isStandardSchema } from '../schema/standard-schema.ts'

export interface ItemKind<Options> {
  readonly name: string
  readonly options: OptionNames<Options>
  /** The arguments after the name or URI, as the error message shows them. */
  readonly form: string
  /** Names that other libraries use for options with schemas, mapped to Gangway's names. */
  readonly schemas: ReadonlyMap<string, string>
}

/** Throws `GANGWAY_E_USAGE` with an example of the correct call. */
export function checkItem({ name, options: names, form, schemas }: ItemKind<object>, key: string, options: unknown, handler: unknown): void {
  const item = `${name} ${JSON.stringify(key)}`
  if (!isObject(options) || typeof handler !== 'function' || holdsArguments(options, schemas)) {
    throw new GangwayError('GANGWAY_E_USAGE', `${item} needs options and then a function: write ${name}(${JSON.stringify(key)}, ${form})`)
  }
  checkOptions(item, options, names, schemas)
}

/** Detects a map of arguments passed as the options. `checkOptions` would accept it if its arguments had the names of options, such as `title`. */
const holdsArguments = (options: object, schemas: ReadonlyMap<string, string>): boolean => {
  const own = new Set([...schemas].flat())
  return Object.entries(options).some(([name, value]) => isStandardSchema(value) && !own.has(name))
}
