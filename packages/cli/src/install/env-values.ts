/** Variables for an entry: from `--env` and `--env-file` to names and values. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { GangwayError } from '@gangway/core'

type Values = Readonly<Record<string, string>>

const VARIABLE = /^([A-Za-z_]\w*)=(.*)$/s

/** Of several with one name, the last counts. The text of a bad one is not repeated: it may be a secret. */
export function collectEnv(value: string, earlier: Values | undefined): Values {
  const [, name, text] = VARIABLE.exec(value) ?? []
  if (name === undefined || text === undefined) throw new GangwayError('GANGWAY_E_USAGE', '--env takes NAME=value, and one of them is not so: letters, digits and _ in the name, then =')
  return { ...earlier, [name]: text }
}

export function readEnvFile(path: string): Values {
  const file = resolve(path)
  try {
    return parseEnv(readFileSync(file, 'utf8')) as Values
  } catch (error) {
    throw new GangwayError('GANGWAY_E_USAGE', `--env-file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}): check the path`, { cause: error })
  }
}
