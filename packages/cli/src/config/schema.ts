/** The one description of the config file: it validates, and the published JSON schema and the table in the docs are made from it (`npm run docs` writes them). */
import { z } from 'zod'
import type { Config, Settings } from './config.ts'

const names = z.union([z.array(z.string()), z.literal('any')], { error: "use a list of names, or 'any'" })
const text = z.string({ error: 'use text' })
const texts = z.array(text, { error: 'use a list of texts' })
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => z.enum(values, { error: `use ${values.join(', ')}` })
const portNumber = { error: 'use a whole number from 0 to 65535' }
/** As text, too: that is what a variable in it leaves. */
const port = z.union([z.int(portNumber).min(0, portNumber).max(65_535, portNumber), z.string().regex(/^\d{1,5}$/, portNumber)], portNumber)

const options = { error: (issue: { code?: string }) => (issue.code === 'invalid_type' ? 'use an object' : undefined) }

const milliseconds = z.number({ error: 'use milliseconds' }).min(0, { error: 'use milliseconds, 0 or more' })
const introspection = { endpoint: text, clientId: text, clientSecret: text }
const auth = {
  resource: text.describe('the URL of the endpoint, where the audience is something else'),
  scopesSupported: texts.describe('all scopes that there are, for clients to choose from'),
  implied: z.record(z.string(), texts, { error: 'use an object of lists of scopes' }).describe('what a scope includes, by its name'),
  name: text.describe('what the server is called, for people'),
  documentation: text.describe('the URL of a page for developers'),
  remember: milliseconds.describe('milliseconds for which a token is remembered that was found good'),
  timeout: milliseconds.describe('milliseconds that the issuer gets for each answer'),
  keys: text.describe('where its keys are, if its metadata does not say'),
  algorithms: texts.describe('signatures that are accepted'),
  clockTolerance: milliseconds.describe('milliseconds that a token may be early'),
  introspection: z.strictObject(introspection, options).describe('whom to ask about opaque tokens, and as which client'),
}

const settings = {
  server: text.describe('the file to run, or `file:export`'),
  transport: oneOf('stdio', 'http', 'streamable-http', 'sse').describe('how clients reach it'),
  host: text.describe('address to listen on'),
  port: port.describe('port to listen on, 0 for any free one'),
  path: z.string({ error: 'use text' }).startsWith('/', { error: 'begin it with /' }).describe('path of the endpoint'),
  allowedHosts: names.describe("hosts that clients may address, or 'any'"),
  allowedOrigins: names.describe("origins of web pages that may call, or 'any'"),
  sessions: oneOf('stateful', 'stateless').describe('whether sessions are kept, for clients of 2025 and before'),
  authIssuer: text.describe('who issues the access tokens that callers need; without it, everybody is let in'),
  authAudience: text.describe('whom those tokens must be for: the URL of the endpoint as clients know it'),
  authScopes: texts.describe('what every caller must have been granted'),
  auth: z.strictObject(optional(auth), options).describe('what else is to be known of those tokens'),
  logLevel: oneOf('debug', 'info', 'warn', 'error', 'silent').describe('the least that is logged'),
  logFormat: oneOf('pretty', 'json').describe('lines for people, or of JSON'),
  banner: z.boolean({ error: 'use true or false' }).describe('print on a terminal what is served where'),
  strictStdout: z.boolean({ error: 'use true or false' }).describe('on stdio, end with an error when the server prints to stdout'),
  isolateStdout: z.boolean({ error: 'use true or false' }).describe('on stdio, keep even native code from stdout, by a process of its own'),
  env: z.record(z.string(), text, { error: 'use an object of texts' }).describe('variables of the server, where they are not set'),
  envFile: z.union([text, texts], { error: 'use the path of a file, or a list of them' }).describe('files of such variables'),
  args: texts.describe('arguments of the server, if none follow `--`'),
  node: text.describe('Node to run it under, such as 24'),
  with: texts.describe('packages that its files may import'),
  packageJson: text.describe('a package.json whose dependencies they may import'),
  project: text.describe('a project whose packages and tsconfig.json they use'),
}

const layer = () => z.strictObject(optional(settings), options)
const file = () =>
  z.strictObject({
    $schema: z.exactOptional(text.describe('where editors find this schema')),
    ...optional(settings),
    profiles: z.exactOptional(z.record(z.string(), layer(), options).describe('settings that `--profile` lays over the others, by its name')),
  })

function optional<T extends Record<string, z.ZodType>>(shape: T): { [K in keyof T]: z.ZodExactOptional<T[K]> } {
  return Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, z.exactOptional(type)])) as { [K in keyof T]: z.ZodExactOptional<T[K]> }
}

/** Does not compile where the types say something else than the schema. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
const settingsAreSame: Same<z.infer<ReturnType<typeof layer>>, Settings> = true
const configIsSame: Same<z.infer<ReturnType<typeof file>>, Config> = true
void [settingsAreSame, configIsSame]

export interface Fault {
  readonly path: readonly (string | number)[]
  /** Set if there is no such setting. */
  readonly unknown?: string
  /** What mends it. */
  readonly remedy: string
}

/** What is wrong first, from the top. `undefined`: nothing. */
export function faultIn(value: unknown): Fault | undefined {
  const result = layer().safeParse(value)
  const [issue] = result.error?.issues ?? []
  if (!issue) return undefined
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
  const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : []
  return unknown === undefined ? { path, remedy: issue.message } : { path: [...path, unknown], unknown, remedy: '' }
}

/** Those that there are inside of one, or of none. */
export const settingNames = ([outer, inner]: readonly (string | number)[] = []): readonly string[] => Object.keys(outer !== 'auth' ? settings : inner === 'introspection' ? introspection : auth)

/** `[name, description]` of each, for the docs. */
export const describedSettings = (): readonly (readonly [string, string])[] => Object.entries(settings).map(([name, type]) => [name, type.description ?? ''])

export const configJsonSchema = (): object => ({ ...z.toJSONSchema(file(), { io: 'input' }), title: 'gangway.json' })
