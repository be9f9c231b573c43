/** The schema of the config file. `npm run docs` generates the published JSON schema and the table in the docs from it. */
import { z } from 'zod'
import type { Config, Settings } from './config.ts'

const names = z.union([z.array(z.string()), z.literal('any')], { error: "expected a list of names, or 'any'" })
const text = z.string({ error: 'expected a string' })
const texts = z.array(text, { error: 'expected a list of strings' })
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => z.enum(values, { error: `expected one of ${values.join(', ')}` })
const portNumber = { error: 'expected a whole number from 0 to 65535' }
/** Also as a string, which is the result of expanding a variable. */
const port = z.union([z.int(portNumber).min(0, portNumber).max(65_535, portNumber), z.string().regex(/^\d{1,5}$/, portNumber)], portNumber)

const options = { error: (issue: { code?: string }) => (issue.code === 'invalid_type' ? 'expected an object' : undefined) }

const milliseconds = z.number({ error: 'expected a number of milliseconds' }).min(0, { error: 'expected 0 or more milliseconds' })
const introspection = { endpoint: text, clientId: text, clientSecret: text }
const auth = {
  resource: text.describe('URL of the endpoint, if it differs from the audience'),
  scopesSupported: texts.describe('all scopes that the server uses, published for clients'),
  implied: z.record(z.string(), texts, { error: 'expected an object of lists of scopes' }).describe('scopes that each scope includes'),
  name: text.describe('display name of the server'),
  documentation: text.describe('URL of documentation for developers'),
  remember: milliseconds.describe('milliseconds to cache a valid token'),
  timeout: milliseconds.describe('timeout in milliseconds for each request to the issuer'),
  keys: text.describe("URL of the issuer's signing keys (JWKS), if its metadata has none"),
  algorithms: texts.describe('accepted signature algorithms'),
  clockTolerance: milliseconds.describe('milliseconds that the clocks of issuer and server may differ'),
  introspection: z.strictObject(introspection, options).describe('introspection endpoint for opaque tokens, with client credentials'),
}

const settings = {
  server: text.describe('file to run, or `file:export`'),
  transport: oneOf('stdio', 'http', 'streamable-http', 'sse').describe('transport to serve on'),
  host: text.describe('address to listen on'),
  port: port.describe('port to listen on; 0 picks a free port'),
  path: z.string({ error: 'expected a string' }).startsWith('/', { error: 'expected a path that starts with /' }).describe('path of the endpoint'),
  allowedHosts: names.describe("accepted host names, or 'any'"),
  allowedOrigins: names.describe("origins of web pages that may call the server, or 'any'"),
  sessions: oneOf('stateful', 'stateless').describe('whether legacy clients (protocol 2025-11-25 or earlier) get a session'),
  authIssuer: text.describe('authorization server whose access tokens are required'),
  authAudience: text.describe('expected token audience: the public URL of the endpoint'),
  authScopes: texts.describe('scopes that every access token must have'),
  auth: z.strictObject(optional(auth), options).describe('more options for checking access tokens'),
  logLevel: oneOf('debug', 'info', 'warn', 'error', 'silent').describe('minimum log level'),
  logFormat: oneOf('pretty', 'json').describe('format of log lines'),
  banner: z.boolean({ error: 'use true or false' }).describe("print the server's name and URL on a terminal"),
  strictStdout: z.boolean({ error: 'use true or false' }).describe('on stdio, exit with an error if the server prints to stdout'),
  isolateStdout: z.boolean({ error: 'use true or false' }).describe('on stdio, run the server in a child process, so that native code cannot write to stdout'),
  env: z.record(z.string(), text, { error: 'expected an object of strings' }).describe('environment variables for the server, unless already set'),
  envFile: z.union([text, texts], { error: 'expected a path, or a list of paths' }).describe('files of environment variables'),
  args: texts.describe('arguments for the server, unless arguments follow `--`'),
  node: text.describe('Node.js version to run on, such as 24'),
  with: texts.describe('additional packages for the server'),
  packageJson: text.describe('package.json whose dependencies to make available'),
  project: text.describe('project folder whose packages and tsconfig.json to use'),
}

const layer = () => z.strictObject(optional(settings), options)
const file = () =>
  z.strictObject({
    $schema: z.exactOptional(text.describe('URL of this schema, for editors')),
    ...optional(settings),
    profiles: z.exactOptional(z.record(z.string(), layer(), options).describe('settings by profile name; `--profile` selects one, which overrides the settings above')),
  })

function optional<T extends Record<string, z.ZodType>>(shape: T): { [K in keyof T]: z.ZodExactOptional<T[K]> } {
  return Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, z.exactOptional(type)])) as { [K in keyof T]: z.ZodExactOptional<T[K]> }
}

/** A compile error here means that config.ts and this schema differ. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
const settingsAreSame: Same<z.infer<ReturnType<typeof layer>>, Settings> = true
const configIsSame: Same<z.infer<ReturnType<typeof file>>, Config> = true
void [settingsAreSame, configIsSame]

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
export const settingNames = ([outer, inner]: readonly (string | number)[] = []): readonly string[] => Object.keys(outer !== 'auth' ? settings : inner === 'introspection' ? introspection : auth)

/** Pairs of name and description, for the docs. */
export const describedSettings = (): readonly (readonly [string, string])[] => Object.entries(settings).map(([name, type]) => [name, type.description ?? ''])

export const configJsonSchema = (): object => ({ ...z.toJSONSchema(file(), { io: 'input' }), title: 'gangway.json' })
