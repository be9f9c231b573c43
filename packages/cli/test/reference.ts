/** docs/cli.md, made of what the help, the config file and the exit codes are made of: `npm run docs` writes it. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { createProgram } from '../src/cli.ts'
import { describe, type DescribedCommand, type DescribedOption } from '../src/completion/describe.ts'
import { configJsonSchema, describedSettings } from '../src/config/schema.ts'
import { describedRule, describedVariables } from '../src/config/settings.ts'
import { EXIT_CODE_MEANINGS, exitCodes } from '../src/errors.ts'

const SOURCES = fileURLToPath(new URL('../src', import.meta.url))

const HEAD = `<!-- Written by npm run docs, from packages/cli/src: change it there. -->

# The \`gangway\` command

Where \`@gangway/cli\` is installed, it is \`npx gangway\`. Elsewhere it is \`npx @gangway/cli\`: the bare name belongs to an unrelated package.

This page has every command, option, setting, variable and exit code. How they work together is told in

- [Settings](config.md): what stands over what, and the config file;
- [Environments](environments.md): packages and a Node that the project does not have;
- [Servers that are elsewhere, and what servers are asked](commands.md): addresses, mcp.json, \`list\`, \`call\` and \`inspect\`;
- [Installing a server](install.md) in a host, [Running a server](running.md) on a transport, [A server on stdio](stdio.md);
- [Reload](reload.md): edits that reach clients which stay connected;
- [From FastMCP](from-fastmcp.md), for those who know that command.

Every command has \`--help\`, and takes what follows \`--\` for the server's own. What it says goes to stderr; stdout is for data. What is wrong is one line, \`gangway: GANGWAY_E_…: cause: way out\`.
`

export function reference(): string {
  const program = createProgram([])
  const commands = describe(program)
  const text = (name: string): string => afterHelp(program.commands.find((command) => command.name() === name))
  const sections = [
    HEAD,
    table(['command', ''], commands.map(({ name, description }) => [`[\`${name}\`](#gangway-${name})`, escaped(description)])),
    ...commands.map((command) => section(command, text(command.name))),
    '## Settings of the config file\n',
    'In `gangway.config.ts` or `gangway.json`, by themselves and in a profile. See [Settings](config.md).\n',
    table(['setting', '', 'value', 'default', 'flag', 'variable'], describedSettings().map(settingRow)),
    '## Variables\n',
    'Each says what its flag says, or its setting in the config file. One that cannot be read is an error. `PORT` stands below `GANGWAY_PORT` and the config file, and means nothing to stdio.\n',
    table(['variable', 'flag', 'setting'], describedVariables().map(({ variable, flag, setting }) => [code(variable), code(flag), code(setting)])),
    '## Exit codes\n',
    table(['exit code', '', 'errors'], Object.entries(EXIT_CODE_MEANINGS).map(([exit, meaning]) => [exit, meaning, codesOf(Number(exit))])),
    "A server's own code, and the packages it uses, may bring further codes: they end the command with 4. `--debug` adds the stack.\n",
  ]
  return sections.join('\n')
}

function section({ name, description, usage, arguments: args, options }: DescribedCommand, after: string): string {
  const named = options.filter(({ long }) => long !== '--help')
  const groups = [...new Set(named.map(({ group }) => group))]
  const [examples, ...notes] = after.split(/\n\n|\n(?=Variables: |Arguments: )/)
  const rows = args.filter((argument) => argument.description !== '' && usage.includes(argument.name)).map((argument) => [code(argument.name), described(argument)])
  return [
    `## gangway ${name}\n`,
    `${description[0]?.toUpperCase()}${escaped(description.slice(1))}.\n`,
    fence('text', `gangway ${name} ${usage.replace(/^\[options\] ?(.*)$/, named.length > 0 ? '$1 [options]' : '$1')}`.replaceAll(/ +/g, ' ')),
    ...(rows.length > 0 ? [table(['argument', ''], rows)] : []),
    ...groups.map((group) => table([group === 'Options:' ? 'option' : group.replace(/:$/, ''), ''], named.filter((option) => option.group === group).map(optionRow))),
    ...(examples ? [fence('sh', commandLines(examples))] : []),
    ...notes.map((note) => `${paragraph(note)}\n`),
  ].join('\n')
}

const optionRow = (option: DescribedOption): string[] => [code(option.flags), `${described(option)}${option.default === undefined ? '' : ` (default: ${option.default})`}`]

const described = ({ choices, description }: { choices: readonly string[]; description: string }): string => `${choices.map(code).join(', ')}${choices.length > 0 ? ': ' : ''}${escaped(description)}`

function settingRow([name, description]: readonly [string, string]): string[] {
  const { flag, variable, defaults } = describedRule(name) ?? {}
  const typed = flag === undefined ? '' : flag === '--' ? 'what follows `--`' : flag.startsWith('-') ? code(flag) : flag
  return [code(name), escaped(description), valueOf(name), defaults === undefined ? '' : code(String(defaults)), typed, variable === undefined ? '' : code(variable)]
}

interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly const?: string
  readonly anyOf?: readonly JsonSchema[]
}

const KINDS: Readonly<Record<string, string>> = { string: 'text', integer: 'number', boolean: '`true`, `false`', array: 'list', object: 'object' }

function valueOf(name: string): string {
  const { properties } = configJsonSchema() as { properties: Record<string, JsonSchema> }
  const kind = (schema: JsonSchema): string => schema.anyOf?.map(kind).join(', or ') ?? schema.enum?.map(code).join(', ') ?? (schema.const === undefined ? (KINDS[schema.type ?? ''] ?? '') : code(schema.const))
  return kind(properties[name] ?? {})
}

/** Those of loading are in no table: they are what is left of the codes in our sources. */
function codesOf(exit: number): string {
  const others = new Map(exitCodes())
  const found = readdirSync(SOURCES, { encoding: 'utf8', recursive: true }).filter((path) => path.endsWith('.ts')).flatMap((path) => readFileSync(`${SOURCES}/${path}`, 'utf8').match(/'GANGWAY_E_\w+'/g) ?? [])
  const loading = [...new Set(found.map((text) => text.slice(1, -1)))].filter((name) => !others.has(name)).toSorted()
  return (exit === 4 ? loading : exitCodes().flatMap(([name, number]) => (number === exit ? [name] : []))).map(code).join(', ')
}

/** What the help says below the options. */
function afterHelp(command: Command | undefined): string {
  const written: string[] = []
  command?.configureOutput({ writeOut: (text) => written.push(text) }).outputHelp()
  return written.slice(1).join('').trim()
}

/** From `  $ command   what it does` to lines of a shell. */
function commandLines(examples: string): string {
  const lines = examples.split('\n').filter((line) => line.startsWith('  $ ')).map((line) => /^ {2}\$ (.*?)(?: {2,}(.*))?$/.exec(line) ?? [])
  const width = Math.max(...lines.map(([, command = '', note]) => (note === undefined ? 0 : command.length)))
  return lines.map(([, command = '', note]) => (note === undefined ? command : `${command.padEnd(width)}  # ${note}`)).join('\n')
}

const paragraph = (text: string): string => escaped(text.replaceAll('\n', ' ')).replaceAll(/\bGANGWAY_[A-Z_]+|(?<![\w-])--[a-z][\w-]*/g, code)
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => `${[line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')}\n`
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |').replaceAll('|  |', '| |')
const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`
const code = (text: string): string => `\`${text.replaceAll('|', String.raw`\|`)}\``
/** Outside of code, Markdown takes <name> for HTML; the descriptions have their own backticks. */
const escaped = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/`[^`]*`|</g, (part) => (part === '<' ? String.raw`\<` : part))
