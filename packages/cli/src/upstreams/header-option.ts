/** The repeatable option `--header 'Name: value'`. */
import process from 'node:process'
import { InvalidArgumentError, Option } from 'commander'
import { isHeader } from './parse-target.ts'
import { expand } from './expand-variables.ts'

type Headers = Readonly<Record<string, string>>

function collectHeader(text: string, earlier: Headers | undefined): Headers {
  const [, name = '', raw = ''] = /^(.*?):\s*(.*?)\s*$/s.exec(text) ?? []
  const value = expand(raw, process.env, (fault) => {
    throw new InvalidArgumentError(fault)
  })
  if (!isHeader(name, value)) throw new InvalidArgumentError("expected 'Name: value', with characters that HTTP allows")
  return { ...earlier, [name]: value }
}

export const headerOption = (): Option => new Option('--header <name: value>', 'send this header to the server at a URL (repeatable); ${NAME} expands a variable').argParser(collectHeader)
