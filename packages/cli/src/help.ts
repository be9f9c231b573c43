/** Formats the help of a command: at most 80 columns, colors on a terminal, and a short form for `-h`. */
import { styleText } from 'node:util'
import type { Argument, Command, Help, Option } from 'commander'

/** What the help of a command has in addition to its arguments and options. */
export interface HelpText {
  /** Long names of the options that the short form lists. */
  readonly common?: readonly string[]
  /** Pairs of a command line and its effect. */
  readonly examples?: readonly (readonly [command: string, effect?: string])[]
  /** Paragraphs at the end of the long form. */
  readonly notes?: readonly string[]
}

const MAX_WIDTH = 80
/** Longer terms have their description on the next line. Examples have longer terms than options. */
const MAX_TERM = { option: 30, example: 44 }
/** In narrower terminals, every description is on the line below its term. */
const MIN_WIDTH_OF_COLUMNS = 64

const texts = new WeakMap<Command, HelpText>()

export function setHelp(command: Command, text: HelpText): void {
  texts.set(command, text)
}

export const helpTextOf = (command: Command): HelpText => texts.get(command) ?? {}

/** `short` omits the notes, and all options but the common ones. */
export function formatHelp(command: Command, helper: Help, short: boolean): string {
  const width = Math.min(MAX_WIDTH, helper.helpWidth ?? MAX_WIDTH)
  const { common, examples = [], notes = [] } = helpTextOf(command)
  const options = helper.visibleOptions(command)
  const isCut = short && common !== undefined
  const groups = isCut ? [['Common options:', options.filter(({ long }) => common.includes(long ?? ''))] as const] : groupsOf(options)
  const sections = [
    [`${title('Usage:')} ${wrapped(helper.commandUsage(command), width, 7).trimStart()}`],
    [wrapped(sentence(command.description()), width, 0)],
    section('Arguments:', command.registeredArguments.map((argument) => [argument.name(), described(argument)] as const).filter(([, text]) => text !== ''), width),
    section('Commands:', helper.visibleCommands(command).map((one) => [one.name(), one.description()]), width),
    ...groups.map(([heading, items]) => section(heading, items.map((option) => [option.flags, described(option)]), width)),
    section('Examples:', examples.map(([line, effect = '']) => [`$ ${line}`, effect]), width, MAX_TERM.example),
    ...(short ? [] : notes.map((note) => [wrapped(note, width, 0)])),
    isCut ? [wrapped(`For all options: ${helper.commandUsage(command).replace(/(gangway \w+).*/s, '$1')} --help`, width, 0)] : [],
  ]
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** In order of the first option of each group. */
function groupsOf(options: readonly Option[]): (readonly [string, readonly Option[]])[] {
  return [...new Set(options.map(groupOf))].map((name) => [name, options.filter((option) => groupOf(option) === name)])
}

const groupOf = ({ helpGroupHeading = 'Options:' }: Option): string => helpGroupHeading

/** The description, followed by the choices and the default. */
function described({ description, argChoices = [], defaultValue }: Pick<Argument & Option, 'description' | 'argChoices' | 'defaultValue'>): string {
  const details = [argChoices.length > 0 ? argChoices.join(', ') : '', typeof defaultValue === 'string' ? `default: ${defaultValue}` : ''].filter((text) => text !== '')
  return details.length > 0 ? `${description} (${details.join('; ')})` : description
}

function section(heading: string, rows: readonly (readonly [term: string, text: string])[], width: number, maxTerm = MAX_TERM.option): string[] {
  if (rows.length === 0) return []
  const column = Math.min(maxTerm, Math.max(...rows.map(([term, text]) => (text === '' ? 0 : term.length)))) + 4
  return [title(heading), ...rows.map((row) => (width < MIN_WIDTH_OF_COLUMNS ? stacked(row, width) : aligned(row, column, width)))]
}

function aligned([term, text]: readonly [string, string], column: number, width: number): string {
  if (text === '') return `  ${styled(wrapped(term, width, 4).trimStart())}`
  const description = wrapped(text, width, column)
  return term.length + 4 > column ? `  ${styled(term)}\n${description}` : `  ${styled(term)}${description.slice(2 + term.length)}`
}

const stacked = ([term, text]: readonly [string, string], width: number): string => `  ${styled(wrapped(term, width, 4).trimStart())}${text === '' ? '' : `\n${wrapped(text, width, 6)}`}`

/** Breaks lines between words. All lines are indented. */
function wrapped(text: string, width: number, indent: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && indent + last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n')
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`

/** Colors only on a terminal, and only without NO_COLOR. */
const title = (text: string): string => styleText('bold', text)

const styled = (term: string): string => styleText('cyan', term)
