/** Parses the arguments of `gangway call`: `name=text`, `name:=json`, `@file`. */
import process from 'node:process'
import { text as readAll } from 'node:stream/consumers'
import { GangwayError } from '@gangway/core'
import { messageOf } from '../errors.ts'
import { MAX_DEPTH, tooDeepAt } from '../jsonc.ts'
import { readUserFile } from '../user-file.ts'
import { isSchema } from './read-schema.ts'

export interface Given {
  /** JSON values by name. */
  readonly values: ReadonlyMap<string, unknown>
  /** Strings by name, to be converted to the type in the schema. A name may have several. */
  readonly texts: ReadonlyMap<string, readonly string[]>
}

/** Throws `GANGWAY_E_ARGUMENT`. Reads stdin for `-` and `@-`. */
export async function readWords(words: readonly string[], inputJson: string | undefined): Promise<Given> {
  const values = new Map<string, unknown>()
  const texts = new Map<string, string[]>()
  const addAll = (text: string, from: string): void => {
    const all = parse(text, from)
    if (!isSchema(all)) throw wrong(`${from} is not a JSON object. Write { "name": value }`)
    for (const [name, value] of Object.entries(all)) values.set(name, value)
  }
  if (inputJson !== undefined) addAll(await contentOf(inputJson === '-' ? '@-' : inputJson), '--input-json')
  for (const word of words) {
    if (word.startsWith('@') || word === '-' || word.startsWith('{')) {
      addAll(await contentOf(word === '-' ? '@-' : word), word)
      continue
    }
    const [, name, mark, text = ''] = /^(.+?)(:?=)(.*)$/s.exec(word) ?? []
    if (name === undefined) throw wrong(`Invalid argument "${word}": expected name=value, name:=json or @file.json`)
    if (mark === ':=') values.set(name, parse(await contentOf(text), word))
    else texts.set(name, [...(texts.get(name) ?? []), await contentOf(text)])
  }
  return { values, texts }
}

/** `@file` is the content of a file, `@-` is stdin, and `@@x` is the string `@x`. */
async function contentOf(text: string): Promise<string> {
  if (!text.startsWith('@')) return text
  if (text.startsWith('@@')) return text.slice(1)
  if (text === '@-') return readAll(process.stdin)
  try {
    return readUserFile(text.slice(1))
  } catch (error) {
    throw wrong(`${text.slice(1)} ${messageOf(error)}. Check the path, or write @@ for text that starts with @`)
  }
}

function parse(text: string, from: string): unknown {
  if (tooDeepAt(text) !== undefined) throw wrong(`${from} is nested more than ${MAX_DEPTH} levels deep. Flatten it`)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw wrong(`${from} is not valid JSON: ${messageOf(error)}. To pass a string, write name=text`)
  }
}

const wrong = (message: string): GangwayError => new GangwayError('GANGWAY_E_ARGUMENT', message)
