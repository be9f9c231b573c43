/** Arguments as they are typed: `name=text`, `name:=json`, `@file`. */
import process from 'node:process'
import { text as readAll } from 'node:stream/consumers'
import { GangwayError } from '@gangway/core'
import { messageOf } from '../errors.ts'
import { MAX_DEPTH, tooDeepAt } from '../jsonc.ts'
import { readUserFile } from '../user-file.ts'
import { isSchema } from './schema.ts'

export interface Given {
  /** Values as they are, by name. */
  readonly values: ReadonlyMap<string, unknown>
  /** Texts that wait for a schema; a name may have several. */
  readonly texts: ReadonlyMap<string, readonly string[]>
}

/** Throws `GANGWAY_E_ARGUMENT`. Reads standard input where it is asked to. */
export async function readWords(words: readonly string[], inputJson: string | undefined): Promise<Given> {
  const values = new Map<string, unknown>()
  const texts = new Map<string, string[]>()
  const addAll = (text: string, from: string): void => {
    const all = parse(text, from)
    if (!isSchema(all)) throw wrong(`${from} is no JSON object: write { "name": value }`)
    for (const [name, value] of Object.entries(all)) values.set(name, value)
  }
  if (inputJson !== undefined) addAll(await contentOf(inputJson === '-' ? '@-' : inputJson), '--input-json')
  for (const word of words) {
    if (word.startsWith('@') || word === '-' || word.startsWith('{')) {
      addAll(await contentOf(word === '-' ? '@-' : word), word)
      continue
    }
    const [, name, mark, text = ''] = /^(.+?)(:?=)(.*)$/s.exec(word) ?? []
    if (name === undefined) throw wrong(`'${word}' is no argument: write name=value, name:=json or @file.json`)
    if (mark === ':=') values.set(name, parse(await contentOf(text), word))
    else texts.set(name, [...(texts.get(name) ?? []), await contentOf(text)])
  }
  return { values, texts }
}

/** `@file` is what is in the file, `@-` what comes on standard input, `@@x` the text `@x`. */
async function contentOf(text: string): Promise<string> {
  if (!text.startsWith('@')) return text
  if (text.startsWith('@@')) return text.slice(1)
  if (text === '@-') return readAll(process.stdin)
  try {
    return readUserFile(text.slice(1))
  } catch (error) {
    throw wrong(`${text.slice(1)} ${messageOf(error)}: check the path, or write @@ for a text that begins with @`)
  }
}

function parse(text: string, from: string): unknown {
  if (tooDeepAt(text) !== undefined) throw wrong(`${from} is nested more than ${MAX_DEPTH} levels deep: no server accepts that`)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw wrong(`${from} is no JSON, ${messageOf(error)}: for a text, write name=text`)
  }
}

const wrong = (message: string): GangwayError => new GangwayError('GANGWAY_E_ARGUMENT', message)
