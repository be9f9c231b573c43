/** `--header 'Name: value'`, as often as there are headers. */
import process from 'node:process'
import { InvalidArgumentError, Option } from 'commander'
import { expand } from './variables.ts'

type Headers = Readonly<Record<string, string>>

function collectHeader(text: string, earlier: Headers | undefined): Headers {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*?)\s*$/s.exec(text) ?? []
  if (name === undefined || value === undefined || /[\0\r\n]/.test(value)) throw new InvalidArgumentError("write it as 'Name: value'")
  return { ...earlier, [name]: expand(value, process.env, (fault) => { throw new InvalidArgumentError(fault) }) }
}

export const headerOption = (): Option => new Option('--header <name: value>', "header for the server at an address, repeatable; ${NAME} stands for a variable").argParser(collectHeader)
