/** The schema of the config file, from the table of settings. `npm run docs` generates the published JSON schema and the types in config.ts from it. */
import { z } from 'zod'
import { isWords, SETTINGS, type Field, type Kind, type Value } from './settings-table.ts'

const text = z.string({ error: 'expected a string' })
const texts = z.array(text, { error: 'expected a list of strings' })
const portNumber = { error: 'expected a whole number from 0 to 65535' }
const options = { error: (issue: { code?: string }) => (issue.code === 'invalid_type' ? 'expected an object' : undefined) }

const KINDS: Readonly<Record<Kind, z.ZodType>> = {
  text,
  texts,
  path: z.string({ error: 'expected a string' }).startsWith('/', { error: 'expected a path that starts with /' }),
  port: z.union([z.int(portNumber).min(0, portNumber).max(65_535, portNumber), z.string().regex(/^\d{1,5}$/, portNumber)], portNumber), // Also as a string, which is the result of expanding a variable.
  names: z.union([z.array(z.string()), z.literal('any')], { error: "expected a list of names, or 'any'" }),
  switch: z.boolean({ error: 'use true or false' }),
  milliseconds: z.number({ error: 'expected a number of milliseconds' }).min(0, { error: 'expected 0 or more milliseconds' }),
  variables: z.record(z.string(), text, { error: 'expected an object of strings' }),
  files: z.union([text, texts], { error: 'expected a path, or a list of paths' }),
  lists: z.record(z.string(), texts, { error: 'expected an object of lists of scopes' }),
}

function typeOf(value: Value): z.ZodType {
  if (typeof value === 'string') return KINDS[value]
  if (isWords(value)) return z.enum(value, { error: `expected one of ${value.join(', ')}` })
  return z.strictObject('fields' in value ? optional(value.fields) : Object.fromEntries(value.required.map((name) => [name, text])), options)
}

const optional = (fields: Readonly<Record<string, Field>>): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(fields).map(([name, { about, value }]) => [name, z.exactOptional(typeOf(value).describe(about))]))

const layer = () => z.strictObject(optional(SETTINGS), options)
const file = () =>
  z.strictObject({
    $schema: z.exactOptional(text.describe('URL of this schema, for editors')),
    ...optional(SETTINGS),
    profiles: z.exactOptional(z.record(z.string(), layer(), options).describe('settings by profile name; `--profile` selects one, which overrides the settings above')),
  })

export interface Fault {
  readonly path: readonly (string | number)[]
  /** The name, if the setting is unknown. */
  readonly unknown?: string
  /** What was expected. */
  readonly remedy: string
}

/** The first fault; undefined if the settings are valid. */
export function faultIn(value: unknown): Fault | undefined {
  const result = layer().safeParse(value)
  const [issue] = result.error?.issues ?? []
  if (!issue) return undefined
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
  const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : []
  return unknown === undefined ? { path, remedy: issue.message } : { path: [...path, unknown], unknown, remedy: '' }
}

/** The names of all settings at this path. */
export function settingNames(path: readonly (string | number)[] = []): readonly string[] {
  let fields: Readonly<Record<string, Field>> = SETTINGS
  for (const key of path) {
    const { value } = fields[key] ?? {}
    if (typeof value !== 'object' || isWords(value)) break
    if ('required' in value) return value.required
    fields = value.fields
  }
  return Object.keys(fields)
}

export const configJsonSchema = (): object => ({ ...z.toJSONSchema(file(), { io: 'input' }), title: 'gangway.json' })
