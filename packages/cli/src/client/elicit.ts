/** Prompts for a server's elicitation requests in the terminal. */
import { createInterface, type Interface } from 'node:readline/promises'
import type { JsonSchema } from '@gangway/core'
import type { InputHandlers, ElicitResult } from '@gangway/core/client'
import { logLine, scrub } from '../output.ts'
import { coerce, Unsuitable } from './coerce.ts'
import { propertiesOf, requiredOf } from './read-schema.ts'
import { typeText } from './signature.ts'

export interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** Whether a user can answer. */
  readonly isTerminal: boolean
}

const DECLINED: ElicitResult = { action: 'decline' }

/** Prompts for one request at a time. Without a terminal, declines all requests and reports it. */
export function elicitIn({ input, output, isTerminal }: Terminal): NonNullable<InputHandlers['elicit']> {
  let last: Promise<unknown> = Promise.resolve()
  return (question, { signal }) => {
    if (!isTerminal) {
      logLine(`The server requests input: ${question.message}\nDeclined, because stdin is not a terminal. Run the command in a terminal to answer`)
      return DECLINED
    }
    const answer = async (): Promise<ElicitResult> => {
      const reader = createInterface({ input, output, terminal: false })
      const ended = new Promise<never>((_, reject) => reader.once('close', () => reject(new Declined())))
      const read: Read = (prompt) => Promise.race([ended, reader.question(scrub(prompt), { signal })])
      try {
        output.write(scrub(`The server requests input: ${question.message}\n`))
        return question.mode === 'url' ? await visit(question.url, read, output) : await fillIn(question.requestedSchema, read, output)
      } catch (error) {
        if (error instanceof Declined) return DECLINED
        throw error
      } finally {
        close(reader, ended)
      }
    }
    const answered = last.then(answer)
    last = answered.catch(() => {})
    return answered
  }
}

/** The user closed the input with Ctrl+D. */
class Declined extends Error {}

type Read = (prompt: string) => Promise<string>

function close(reader: Interface, ended: Promise<never>): void {
  ended.catch(() => {}) // The close below is intended.
  reader.close()
}

async function visit(url: string, read: Read, output: NodeJS.WritableStream): Promise<ElicitResult> {
  output.write(scrub(`The server requests that you open ${url}\n`))
  return { action: /^y(es)?$/i.test((await read('Open it? [y/N] ')).trim()) ? 'accept' : 'decline' }
}

async function fillIn(schema: JsonSchema, read: Read, output: NodeJS.WritableStream): Promise<ElicitResult> {
  const required = requiredOf(schema)
  const content: Record<string, unknown> = {}
  output.write('(press Ctrl+D to decline)\n')
  for (const [name, field] of propertiesOf(schema)) {
    const value = await readField(name, field, { schema, isRequired: required.has(name), read, output })
    if (value !== undefined) content[name] = value
  }
  return { action: 'accept', content }
}

async function readField(name: string, field: JsonSchema, { schema, isRequired, read, output }: { schema: JsonSchema; isRequired: boolean; read: Read; output: NodeJS.WritableStream }): Promise<unknown> {
  const { title, description } = field
  const label = [title, description].filter((text) => typeof text === 'string').join(': ')
  const preset = 'default' in field ? ` = ${JSON.stringify(field['default'])}` : ''
  for (;;) {
    const text = await read(`${label === '' ? '' : `${label}\n`}${name}${isRequired ? '' : '?'}: ${typeText(field, schema)}${preset}> `)
    if (text === '' && (preset !== '' || !isRequired)) return field['default']
    try {
      return coerce(text, field, schema)
    } catch (error) {
      if (!(error instanceof Unsuitable)) throw error
      output.write(scrub(`Invalid value: ${error.message}\n`))
    }
  }
}
