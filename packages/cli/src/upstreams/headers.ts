/** `--header 'Name: value'`, as often as there are headers. */
import process from 'node:process'
import { InvalidArgumentError, Option } from 'commander'
import { isHeader } from './spec.ts'
import { expand } from './variables.ts'

type Headers = Readonly<Record<string, string>>

function collectHeader(text: string, earlier: Headers | undefined): Headers {
  const [, name = '', raw = ''] = /^(.*?):\s*(.*?)\s*$/s.exec(text) ?? []
  const value = expand(raw, process.env, (fault) => {
    throw new InvalidArgumentError(fault)
  })
  if (!isHeader(name, value)) throw new InvalidArgumentError("write it as 'Name: value', in letters that HTTP has")
  return { ...earlier, [name]: value }
}

export const headerOption = (): Option => new Option('--header <name: value>', "header for the server at an address, repeatable; ${NAME} stands for a variable").argParser(collectHeader)
