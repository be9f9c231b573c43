/** What `tool`, `resource` and `prompt` are given, checked where it is written: other libraries take it in other forms. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { checkOptions, type OptionNames } from '../option-names.ts'
import { isStandardSchema } from './standard-schema.ts'

export interface ItemKind<Options> {
  readonly name: string
  readonly options: OptionNames<Options>
  /** What follows the name or the URI. */
  readonly form: string
  /** What other libraries call the options that hold schemas. */
  readonly schemas: ReadonlyMap<string, string>
}

/** Throws `GANGWAY_E_USAGE`, which shows the form that is right. */
export function checkItem({ name, options: names, form, schemas }: ItemKind<object>, key: string, options: unknown, handler: unknown): void {
  const item = `${name} ${JSON.stringify(key)}`
  if (!isObject(options) || typeof handler !== 'function' || holdsArguments(options, schemas)) {
    throw new GangwayError('GANGWAY_E_USAGE', `${item} needs its options, and then a function: write ${name}(${JSON.stringify(key)}, ${form})`)
  }
  checkOptions(item, options, names, schemas)
}

/** A map of the arguments would pass for options, where it is named like one. */
const holdsArguments = (options: object, schemas: ReadonlyMap<string, string>): boolean => {
  const own = new Set([...schemas].flat())
  return Object.entries(options).some(([name, value]) => isStandardSchema(value) && !own.has(name))
}
