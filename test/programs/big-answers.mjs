/** A server whose answers weigh half a mebibyte each. Into the file that it is given it writes by how much its memory has grown, once nothing more happens. */
import { writeFileSync } from 'node:fs'
import { McpServer } from '@gangway/core'

const [, , notes = '', delay = '0'] = process.argv
let begun = 0
let before = 0
/** @type {NodeJS.Timeout | undefined} */
let quiet

await new McpServer({ name: 'big-answers', version: '1.0.0' })
  .tool('small', {}, () => 'small')
  .tool('big', {}, async () => {
    before ||= process.memoryUsage.rss()
    begun++
    clearTimeout(quiet)
    quiet = setTimeout(() => writeFileSync(notes, `${begun} ${process.memoryUsage.rss() - before}\n`), 1000 + Number(delay))
    await new Promise((resolve) => setTimeout(resolve, Number(delay)))
    return 'x'.repeat(512 * 1024)
  })
  .run()
