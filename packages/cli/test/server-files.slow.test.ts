/** `gangway run` with every kind of file, on each Node that strips types by itself: where it does, and where we have to. */
import { describe, expect, test } from 'vitest'
import { missing, pathOf } from '../../../test/runtimes/runtimes.ts'
import { skipFor } from '../../../test/runtimes/skipping.ts'
import { gangway, initialize, welcome } from './gangway.ts'
import { prepare, SERVER_FILES } from './server-files.ts'

describe.each(['node22', 'node24', 'node26'] as const)('runs on %s', (runtime) => {
  skipFor(missing(runtime))

  test.each(SERVER_FILES.map((served) => [served.kind, served] as const))('%s', async (kind, served) => {
    const { cwd, file } = prepare(served)
    expect(await gangway(['run', file], { input: [initialize], cwd, node: pathOf(runtime) })).toEqual({ stdout: welcome(kind), stderr: '', code: 0 })
  })
})
